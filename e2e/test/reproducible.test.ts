import { chmod, chown, cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT, temporaryDirectory } from '../src/commands.ts'
import { makeHelloImage } from '../src/hello.ts'
import { missingTools } from '../src/tools.ts'

const missing = await missingTools(['gcc', 'taskset', 'setpriv'])
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`
const PROGRAM = join(ROOT, 'packages/apko-ts/bin/apko-ts.js')
const NOBODY = 65_534
const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
const trial = [...asNobody.slice(1), process.execPath, PROGRAM, 'version']
const canBeNobody = process.getuid?.() === 0 && (await execa('setpriv', trial, { reject: false })).exitCode === 0

interface Surroundings {
  readonly name: string
  /** Below the directory of the test. */
  readonly directory?: string
  readonly env?: Readonly<Record<string, string>>
  readonly umask?: string
  /** Words before the program. */
  readonly under?: readonly string[]
  readonly uid?: number
  readonly cache?: string
}

const rows: readonly Surroundings[] = [
  { name: 'a directory with blanks, deep down', directory: 'a b/ü/c'.padEnd(120, '/d') },
  { name: 'a locale with other letters', env: { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', LANGUAGE: 'tr' } },
  { name: 'the C locale', env: { LC_ALL: 'C' } },
  { name: 'a time zone of 12 h 45 min', env: { TZ: 'Pacific/Chatham' } },
  { name: 'a time zone behind', env: { TZ: 'America/St_Johns' } },
  { name: 'umask 077', umask: '077' },
  { name: 'umask 000', umask: '000' },
  { name: 'one core', under: ['taskset', '-c', '0'], env: { UV_THREADPOOL_SIZE: '1' } },
  { name: 'many threads', env: { UV_THREADPOOL_SIZE: '16' } },
  { name: 'a warm cache', cache: 'cache of the first' },
  ...(canBeNobody ? [{ name: 'a user who is not root', under: asNobody, uid: NOBODY }] : []),
]

describe.skipIf(missing.length > 0)(`the same bytes come from the same inputs${why}`, () => {
  let home: string
  let expected: Record<string, string>

  beforeAll(async () => {
    home = await temporaryDirectory()
    await chmod(home, 0o755)
    await mkdir(join(home, 'inputs'))
    await makeHelloImage(join(home, 'inputs'))
    expected = await outputsIn({ name: 'the first', cache: 'cache of the first' })
    expect(Object.keys(expected).length).toBeGreaterThan(12)
  })

  test.each(rows)('in $name', async (surroundings) => {
    expect(await outputsIn(surroundings)).toEqual(expected)
  })

  /** Builds everything in such surroundings, and returns the digest of each file that came of it. */
  async function outputsIn(surroundings: Surroundings): Promise<Record<string, string>> {
    const { name, directory = name, cache = `cache of ${name}`, uid = process.getuid?.() ?? 0 } = surroundings
    const cwd = join(home, 'places', directory)
    const out = join(cwd, 'out')
    await cp(join(home, 'inputs'), cwd, { recursive: true })
    await mkdir(join(out, 'layout'), { recursive: true })
    const temp = join(cwd, 'tmp')
    await mkdir(temp)
    for (const path of [cwd, out, join(out, 'layout'), temp]) await chown(path, uid, uid)
    const cacheDir = ['--cache-dir', join(uid === NOBODY ? cwd : home, cache)]
    const build = ['build', 'image.yaml', 'team/app:v1', '--sbom-path', 'out']
    for (const args of [
      [...build, 'out/image.tar', ...cacheDir],
      [...build, 'out/layout', ...cacheDir],
      ['build-minirootfs', 'root.yaml', 'out/root.tar', '--build-arch', 'x86_64', ...cacheDir],
      ['build-cpio', 'root.yaml', 'out/root.cpio.gz', '--build-arch', 'x86_64', ...cacheDir],
      ['lock', 'image.yaml', '--output', 'out/image.lock.json', ...cacheDir],
    ]) {
      await run(args, surroundings, cwd, temp)
    }
    return digestsBelow(out)
  }
})

async function run(
  args: readonly string[],
  { env, umask = '022', under = [] }: Surroundings,
  cwd: string,
  temp: string,
) {
  const words = ['sh', ...under, process.execPath, PROGRAM, ...args]
  await execa('sh', ['-c', `umask ${umask}; exec "$@"`, ...words], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, TMPDIR: temp, NO_COLOR: '1', TZ: 'UTC', ...env },
    extendEnv: false,
  })
}

async function digestsBelow(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const digests = paths
    .sort()
    .map(async (path) => [relative(directory, path), sha256Hex(await readFile(path))] as const)
  return Object.fromEntries(await Promise.all(digests))
}
