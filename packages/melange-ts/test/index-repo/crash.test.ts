import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { packageRecord, readIndexArchive, recordText } from '@apkts/apk'
import { hex } from '@apkts/encoding'
import { generateKeyPair, readPrivateKeyFile, verifyIndex, verifyPackage, writeKeyPair } from '@apkts/keyring'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { updateIndex } from '../../src/index-repo/index.ts'
import { file, makePackage } from '../verify/support.ts'

const KILLS = 100
const IN_PARALLEL = 2
const ROUNDS = 15
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

/** Two signed indexes with a package `first`, and a signed package. */
async function filesToWorkOn(name: string) {
  const [merged, signedIndex, apk] = [`${name}-merged.tar.gz`, `${name}-signed.tar.gz`, `${name}.apk`].map((file) =>
    join(directory, file),
  ) as [string, string, string]
  const key = await readPrivateKeyFile(keyFile)
  const records = [recordText(packageRecord({ name: 'first', version: '1', description: 'y'.repeat(20_000) }))]
  for (const output of [merged, signedIndex]) await updateIndex({ output, records, key })
  await writeFile(apk, makePackage({ key, entries: [file('f', hex(randomBytes(150_000)))] }))
  return { merged, signedIndex, apk }
}

/** Names in an index, which must be whole and signed. */
async function namesIn(index: string): Promise<string[]> {
  const { signedBytes } = verifyIndex(await readFile(index), keys, index)
  return readIndexArchive(signedBytes).records.map(({ name }) => name)
}

test(`${KILLS} kills of index, sign and sign-index at any moment leave whole, signed files, and lose no package`, async () => {
  const { merged, signedIndex, apk } = await filesToWorkOn('first')
  const key = await readPrivateKeyFile(keyFile)
  let known = ['first']
  for (let i = 0; i < KILLS; i += IN_PARALLEL) {
    const moments = Array.from({ length: IN_PARALLEL }, (_, j) => ((i + j) * 37) % 101)
    await Promise.all(moments.map((moment) => killedAfter(moment, [merged, signedIndex, apk, keyFile])))
    const names = await namesIn(merged)
    expect(known.filter((name) => !names.includes(name))).toEqual([])
    known = names
    expect(await namesIn(signedIndex)).toEqual(['first'])
    expect(verifyPackage(await readFile(apk), keys).outcome).toBe('ok')
  }
  expect(known.length).toBeGreaterThan(1)
  const last = recordText(packageRecord({ name: 'last', version: '1' }))
  await updateIndex({ output: merged, source: merged, records: [last], key })
  expect(await namesIn(merged)).toEqual([...known, 'last'])
  const left = (name: string): boolean =>
    (name.startsWith('first-merged') && name.endsWith('.lock')) || name.startsWith('.tmp-')
  expect((await readdir(directory)).filter(left)).toEqual([])
}, 240_000)

test('two programs that merge at once lose no package of each other', async () => {
  const { merged, signedIndex, apk } = await filesToWorkOn('shared')
  const args = [program, merged, signedIndex, apk, keyFile, String(ROUNDS)]
  const run = promisify(execFile)
  const programs = Array.from({ length: 2 }, () => run(process.execPath, args))
  await Promise.all(programs)
  const expected = programs.flatMap(({ child }) => Array.from({ length: ROUNDS }, (_, i) => `p${child.pid}-${i}`))
  expect((await namesIn(merged)).sort()).toEqual(['first', ...expected].sort())
}, 120_000)
