import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sha256Hex } from '@apkts/encoding'
import { beforeAll, describe, expect, test } from 'vitest'
import { oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const recipe = (name: string): string => `package:
  name: ${name}
  version: "1.0"
  epoch: 0
  copyright:
    - license: MIT
environment:
  contents:
    packages: [bash, busybox, coreutils]
pipeline:
  - runs: (sleep 0.05; head -c 300000 /dev/urandom > noise) & sleep 0.1; wait
  - runs: mkdir -p \${{targets.destdir}}/usr; cp source.txt \${{targets.destdir}}/usr
  - runs: head -c 2000000 /dev/zero > \${{targets.destdir}}/usr/zeros
subpackages:
  - name: ${name}-more
    pipeline:
      - runs: mkdir -p \${{targets.contextdir}}/more; sleep 0.05
`

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const
const ROUNDS = 30

describe.skipIf(cannotBuild)(`a build that is killed at any moment${why}`, () => {
  let cwd: string
  let env: Record<string, string>
  let expected: Readonly<Record<string, string>>
  let duration: number

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    await mkdir(join(cwd, 'src'))
    await mkdir(join(cwd, 'tmp'))
    env = { TMPDIR: join(cwd, 'tmp'), SOURCE_DATE_EPOCH: '0' }
    await writeFile(join(cwd, 'src/source.txt'), 'text\n')
    await writeFile(join(cwd, 'killed.yaml'), recipe('killed'))
    await oursFine('melange-ts', ['keygen', 'own.rsa'], { cwd })
    await oursFine('melange-ts', args('killed', 'packages'), { cwd, env })
    const started = performance.now()
    await oursFine('melange-ts', args('killed', 'packages'), { cwd, env })
    duration = performance.now() - started
    expected = await packages()
    expect(Object.keys(expected)).toEqual(['killed-1.0-r0.apk', 'killed-more-1.0-r0.apk'])
  })

  function args(name: string, out: string): string[] {
    const where = ['--arch', 'x86_64', '--source-dir', 'src', '--out-dir', out, '--signing-key', 'own.rsa']
    return ['build', `${name}.yaml`, ...where, ...TOOLCHAIN_FLAGS]
  }

  async function packages(): Promise<Record<string, string>> {
    const directory = join(cwd, 'packages/x86_64')
    const names = (await readdir(directory)).filter((name) => name.endsWith('.apk')).sort()
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, sha256Hex(await readFile(join(directory, name)))])),
    )
  }

  test(`leaves whole packages, no process and no mount, ${ROUNDS} times`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const bin = join(ROOT, 'packages/melange-ts/bin/melange-ts.js')
      const options = { cwd, env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env }, stdio: 'ignore' } as const
      const child = spawn(process.execPath, [bin, ...args('killed', 'packages')], options)
      const ended = once(child, 'close')
      const signal = SIGNALS[round % SIGNALS.length]!
      await Promise.race([sleep((duration * (round + 0.5)) / ROUNDS), ended])
      child.kill(signal)
      await ended
      await expect.poll(() => processesIn(cwd), { timeout: 20_000 }).toEqual([])
      expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(cwd)
      expect({ round, signal, packages: await packages() }).toEqual({ round, signal, packages: expected })
    }
  })

  test('and the next one works, and takes away what was left', async () => {
    await oursFine('melange-ts', args('killed', 'packages'), { cwd, env })
    expect(await packages()).toEqual(expected)
    expect((await readdir(join(cwd, 'packages/x86_64'))).sort()).toEqual(['APKINDEX.tar.gz', ...Object.keys(expected)])
    await oursFine('melange-ts', ['verify', 'packages/x86_64', '--keyring-append', 'own.rsa.pub'], { cwd })
    expect(await readdir(join(cwd, 'tmp'))).toEqual([])
    const left = await readdir(join(cwd, '.cache/melange-ts/guests'))
    expect(left.filter((name) => /\.(?:new|lease|old)$/.test(name))).toEqual([])
  })

  test('two at once for one directory keep the packages of both in the index', async () => {
    for (const name of ['first', 'second']) await writeFile(join(cwd, `${name}.yaml`), recipe(name))
    await Promise.all(['first', 'second'].map((name) => oursFine('melange-ts', args(name, 'both'), { cwd, env })))
    const index = execFileSync('tar', ['-xzOf', join(cwd, 'both/x86_64/APKINDEX.tar.gz'), 'APKINDEX'], {
      encoding: 'utf8',
    })
    expect([...index.matchAll(/^P:(.*)$/gm)].map(([, name]) => name).sort()).toEqual([
      'first',
      'first-more',
      'second',
      'second-more',
    ])
  })
})

/** Processes that a build in a directory has started: those that name it in their command line, or work in it. */
function processesIn(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const facts = factsOf(pid)
      return facts.includes(directory) ? [facts] : []
    })
}

function factsOf(pid: string): string {
  try {
    return `${pid} ${readlinkSync(`/proc/${pid}/cwd`)} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`
  } catch {
    // Ended meanwhile.
    return ''
  }
}
