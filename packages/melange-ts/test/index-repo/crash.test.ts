import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { packageRecord, readIndexArchive } from '@apkts/apk'
import { generateKeyPair, verifyIndex, verifyPackage, writeKeyPair } from '@apkts/keyring'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { updateIndex } from '../../src/index-repo/index.ts'
import { makePackage } from '../verify/support.ts'

const KILLS = 100
const IN_PARALLEL = 2
let directory: string
let program: string
let keyFile: string
let keys: Map<string, string>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'crash-test-'))
  program = join(directory, 'program.mjs')
  keyFile = join(directory, 'mine.rsa')
  const pair = await generateKeyPair({ bits: 2048 })
  await writeKeyPair(keyFile, pair)
  keys = new Map([['mine.rsa.pub', pair.publicPem]])
  await build({
    entryPoints: [join(import.meta.dirname, 'update-until-killed.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['apkts-source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** Lets the program run until it is at work, and kills it some milliseconds later. */
async function killedAfter(milliseconds: number, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  await sleep(milliseconds)
  child.kill('SIGKILL')
  const [, signal] = await ended
  expect(signal).toBe('SIGKILL')
}

test(`${KILLS} kills at any moment leave whole, signed files, and lose no package that was there`, async () => {
  const output = join(directory, 'APKINDEX.tar.gz')
  const apk = join(directory, 'demo-1.0-r0.apk')
  await writeFile(apk, makePackage())
  let known: string[] = []
  for (let i = 0; i < KILLS; i += IN_PARALLEL) {
    const moments = Array.from({ length: IN_PARALLEL }, (_, j) => ((i + j) * 37) % 101)
    await Promise.all(moments.map((moment) => killedAfter(moment, [output, keyFile, apk])))
    const bytes = await readFile(output).catch(() => undefined)
    if (bytes === undefined) continue
    const names = readIndexArchive(verifyIndex(bytes, keys, output).signedBytes).records.map(({ name }) => name)
    expect(known.filter((name) => !names.includes(name))).toEqual([])
    known = names
    expect(['ok', 'untrusted']).toContain(verifyPackage(await readFile(apk), keys).outcome)
  }
  expect(known.length).toBeGreaterThan(0)
  await updateIndex({ output, source: output, records: [packageRecord({ name: 'last', version: '1' })] })
  const left = readIndexArchive(await readFile(output)).records.map(({ name }) => name)
  expect(left).toEqual([...known, 'last'])
  expect((await readdir(directory)).filter((name) => name.endsWith('.lock'))).toEqual([])
}, 240_000)
