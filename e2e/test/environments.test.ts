import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { ours, oursFine, ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, MADE, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

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
  - runs: echo first > state; rm /etc/passwd; mv /usr/share /usr/moved
  - runs: |
      test ! -e /etc/passwd; test -d /usr/moved
      mkdir -p \${{targets.destdir}}/usr
      cp state \${{targets.destdir}}/usr
`
const BIN = join(ROOT, 'packages/melange-ts/bin/melange-ts.js')
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups']
const root = process.getuid?.() === 0

describe.skipIf(cannotBuild || !root)(
  `environments of every kind make the same package${cannotBuild ? why : root ? '' : ' (skipped: needs root)'}`,
  () => {
    let expected: string

    beforeAll(async () => {
      expected = await built([], {})
    })

    test('copied, where overlays cannot be mounted', async () => {
      const tools = await temporaryDirectory()
      for (const name of ['bwrap', 'sh', 'getfattr', 'tar']) {
        await symlink(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(tools, name))
      }
      await writeFile(join(tools, 'true'), '#!/bin/sh\n', { mode: 0o755 })
      expect(await built([], { PATH: tools })).toBe(expected)
    })

    test('with a root of its own, that would be kept after a failure', async () => {
      expect(await built([], {}, ['--rm=false'])).toBe(expected)
    })

    test.skipIf(!readableByOthers())(
      'of a user without rights (skipped: others cannot read this program)',
      async () => {
        expect(await built(['setpriv', ...NOBODY], {})).toBe(expected)
      },
    )

    async function built(prefix: readonly string[], env: Record<string, string>, flags: readonly string[] = []) {
      const cwd = await temporaryDirectory()
      await chmod(cwd, 0o755)
      for (const name of ['src', 'tmp']) await mkdir(join(cwd, name))
      await writeFile(join(cwd, 'same.yaml'), RECIPE)
      if (prefix.length > 0) for (const name of ['.', 'src', 'tmp']) await chown(join(cwd, name), 65534, 65534)
      const where = ['--arch', 'x86_64', '--source-dir', 'src', '--out-dir', 'out', '--generate-index=false']
      const command = [...prefix, process.execPath, BIN, 'build', 'same.yaml', ...where, ...flags, ...TOOLCHAIN_FLAGS]
      // The second one finds what the first one made.
      for (let round = 0; round < 2; round++) {
        await execa(command[0]!, command.slice(1), {
          cwd,
          env: { PATH: process.env.PATH ?? '', HOME: cwd, TMPDIR: join(cwd, 'tmp'), ...env },
          extendEnv: false,
        })
      }
      return sha256Hex(await readFile(join(cwd, 'out/x86_64/same-1.0-r0.apk')))
    }
  },
)

describe.skipIf(cannotBuild)(`what builds keep${why}`, () => {
  interface Entry {
    readonly kind: string
    readonly path: string
    readonly size: number
    readonly inUse: boolean
  }

  test('is listed and removed, that first which was not used for longest, and made anew when it is needed', async () => {
    const cwd = await temporaryDirectory()
    await mkdir(join(cwd, 'src'))
    await writeFile(join(cwd, 'same.yaml'), RECIPE)
    const where = ['--arch', 'x86_64', '--source-dir', 'src', '--out-dir', 'out', '--generate-index=false']
    const build = () => oursFine('melange-ts', ['build', 'same.yaml', ...where, ...TOOLCHAIN_FLAGS], { cwd })
    const cache = (...words: string[]) => oursFine('melange-ts', ['cache', ...words], { cwd })
    const entries = async (): Promise<Entry[]> => JSON.parse((await cache('ls', '--json')).stdout).entries
    await build()
    const made = await entries()
    expect(made.map(({ kind }) => kind).sort()).toEqual(['environment', 'log', 'scripts'])
    const { path, size } = made.find(({ kind }) => kind === 'environment')!
    expect(made.every(({ inUse }) => !inUse)).toBe(true)
    expect((await cache('ls')).stdout).toContain(path)
    expect((await cache('prune', '--max-size', '1T')).stdout).toBe('')
    // The log is the youngest.
    const { path: scripts } = made.find(({ kind }) => kind === 'scripts')!
    expect((await cache('prune', '--max-size', String(size - 1), '--dry-run')).stdout).toBe(`${scripts}\n${path}\n`)
    expect(await entries()).toEqual(made)
    await cache('prune', '--max-size', '0')
    expect(await entries()).toEqual([])
    expect(await readdir(join(cwd, '.cache/melange-ts/guests'))).toEqual([])
    await build()
    expect((await entries()).map(({ kind }) => kind).sort()).toEqual(['environment', 'log', 'scripts'])
    const wanted = await ours('melange-ts', ['cache', 'prune'], { cwd })
    expect(wanted).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--max-size') })
  })
})

function readableByOthers(): boolean {
  try {
    const files = [BIN, join(ROOT, 'packages/melange-ts/dist/program/main.js'), join(MADE, 'toolchain/import.rsa.pub')]
    for (const file of [...files, process.execPath])
      execFileSync('setpriv', [...NOBODY, 'test', '-r', file], { stdio: 'ignore' })
    return true
  } catch {
    // Not readable, or there is no setpriv.
    return false
  }
}
