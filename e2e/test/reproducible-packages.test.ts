import { chmod, chown, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'
import { missingTools } from '../src/tools.ts'

const PROGRAM = join(ROOT, 'packages/melange-ts/bin/melange-ts.js')
const NOBODY = 65_534
const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
const tools = await missingTools(['taskset', 'setpriv'])

/** Makes modes, dates, orders and owners as a careless recipe does. */
const RECIPE = `package:
  name: same
  version: "1.0"
  epoch: 0
  copyright:
    - license: MIT
environment:
  contents:
    packages: [bash, busybox, coreutils]
pipeline:
  - runs: |
      mkdir -p \${{targets.destdir}}/usr/bin \${{targets.destdir}}/usr/share/same
      cp -r data \${{targets.destdir}}/usr/share/same/data
      date -d "@$SOURCE_DATE_EPOCH" > \${{targets.destdir}}/usr/share/same/date
      printf '#!/bin/sh\\n' > \${{targets.destdir}}/usr/bin/same
      chmod +x \${{targets.destdir}}/usr/bin/same
      ls data | sort > \${{targets.destdir}}/usr/share/same/list
      mkdir -m 1777 \${{targets.destdir}}/usr/share/same/open
      stat -c '%a %n' /tmp /etc /etc/passwd /home/build/data > \${{targets.destdir}}/usr/share/same/modes
      umask > \${{targets.destdir}}/usr/share/same/umask
      ln -s same \${{targets.destdir}}/usr/bin/ünïcode
subpackages:
  - name: same-data
    pipeline:
      - runs: mkdir -p \${{targets.contextdir}}/var; cp -a data \${{targets.contextdir}}/var/data
`

interface Surroundings {
  readonly name: string
  readonly env?: Readonly<Record<string, string>>
  readonly umask?: string
  /** Words before the program. */
  readonly under?: readonly string[]
  readonly uid?: number
}

const rows: readonly Surroundings[] = [
  { name: 'umask 077', umask: '077' },
  { name: 'umask 000', umask: '000' },
  { name: 'another locale', env: { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } },
  { name: 'a time zone of 12 h 45 min', env: { TZ: 'Pacific/Chatham' } },
  { name: 'a directory with blanks, deep down/x/y', env: {} },
  { name: 'one core', under: ['taskset', '-c', '0'], env: { UV_THREADPOOL_SIZE: '1' } },
  { name: 'many threads', env: { UV_THREADPOOL_SIZE: '16' } },
  ...(process.getuid?.() === 0 ? [{ name: 'a user who is not root', under: asNobody, uid: NOBODY }] : []),
]

describe.skipIf(cannotBuild || tools.length > 0)(`a recipe gives the same packages${why}`, () => {
  let home: string
  let expected: Record<string, string>

  beforeAll(async () => {
    home = await temporaryDirectory()
    await chmod(home, 0o755)
    await mkdir(join(home, 'inputs/data/inner'), { recursive: true })
    await writeFile(join(home, 'inputs/same.yaml'), RECIPE)
    for (const name of ['b', 'a', 'Z', 'ä', 'inner/x']) await writeFile(join(home, 'inputs/data', name), name)
    expected = await packagesIn({ name: 'the first' })
  })

  test.each(rows)('in $name', async (surroundings) => {
    expect(await packagesIn(surroundings)).toEqual(expected)
  })

  async function packagesIn({ name, env, umask = '022', under = [], uid = 0 }: Surroundings) {
    const cwd = join(home, 'places', name)
    await cp(join(home, 'inputs'), join(cwd, 'inputs'), { recursive: true })
    for (const directory of ['cache', 'tmp']) await mkdir(join(cwd, directory))
    for (const path of [cwd, join(cwd, 'tmp'), join(cwd, 'cache')]) if (uid !== 0) await chown(path, uid, uid)
    const flags = ['--arch', 'x86_64', '--build-date', '2026-01-31T12:00:00Z', '--out-dir', 'out', ...TOOLCHAIN_FLAGS]
    const where = ['--source-dir', 'inputs', '--apk-cache-dir', uid === 0 ? join(home, 'cache') : join(cwd, 'cache')]
    const words = [...under, process.execPath, PROGRAM, 'build', 'inputs/same.yaml', ...flags, ...where]
    await execa('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', ...words], {
      cwd,
      env: { PATH: process.env.PATH ?? '', HOME: cwd, TMPDIR: join(cwd, 'tmp'), NO_COLOR: '1', TZ: 'UTC', ...env },
      extendEnv: false,
    })
    // What is in it is no more open than the builder wants.
    const { mode } = await stat(join(cwd, 'out/x86_64'))
    expect((mode & 0o777).toString(8)).toBe((0o755 & ~Number.parseInt(umask, 8)).toString(8))
    const digests = ['same', 'same-data'].map(async (pkg) => {
      return [pkg, sha256Hex(await readFile(join(cwd, `out/x86_64/${pkg}-1.0-r0.apk`)))] as const
    })
    return Object.fromEntries(await Promise.all(digests))
  }
})
