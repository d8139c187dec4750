import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ours, oursFine, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

const RECIPE = `package:
  name: again
  version: "1.0"
  epoch: 2
  description: made twice
  copyright:
    - license: MIT OR ISC
    - license: Something Own
environment:
  contents:
    packages: [bash, busybox, coreutils, patch]
vars:
  word: hello
pipeline:
  - uses: patch
    with:
      patches: fix.patch
  - if: \${{build.arch}} == 'x86_64'
    runs: |
      mkdir -p \${{targets.destdir}}/etc
      echo "\${{vars.word}} $SOURCE_DATE_EPOCH \\$HOME" > \${{targets.destdir}}/etc/again
      cp text \${{targets.destdir}}/etc/text
      chmod 600 \${{targets.destdir}}/etc/text
subpackages:
  - name: again-extra
    pipeline:
      - runs: mkdir -p \${{targets.contextdir}}/usr/share; date -u > \${{targets.contextdir}}/usr/share/when
`

const PATCH = '--- a/text\n+++ b/text\n@@ -1 +1 @@\n-before\n+after\n'

describe.skipIf(cannotBuild)(`packages built again from their own record${why}`, () => {
  let cwd: string
  const pathOf = (name: string): string => `packages/x86_64/${name}-1.0-r2.apk`

  beforeAll(async () => {
    cwd = await temporaryDirectory()
    await mkdir(join(cwd, 'src'))
    await writeFile(join(cwd, 'again.yaml'), RECIPE)
    await writeFile(join(cwd, 'src/text'), 'before\n')
    await writeFile(join(cwd, 'src/fix.patch'), PATCH)
    await oursFine('melange-ts', ['keygen', 'own.rsa'], { cwd })
    const names = ['--namespace', 'example', '--git-commit', '1'.repeat(40), '--signing-key', 'own.rsa']
    const where = ['--arch', 'x86_64', '--source-dir', 'src', '--build-date', '2026-01-31T12:00:00+02:00']
    const url = [
      '--git-repo-url',
      'https://gitlab.com/example/recipes',
      '--license',
      'Apache-2.0',
      '--strip-origin-name',
    ]
    await oursFine('melange-ts', ['build', 'again.yaml', ...where, ...names, ...url, ...TOOLCHAIN_FLAGS], { cwd })
  })

  test('are identical but for the signature', async () => {
    const { stdout } = await oursFine('melange-ts', ['rebuild', pathOf('again'), '--source-dir', 'src'], { cwd })
    expect(stdout).toBe(`${pathOf('again')}: identical\n`)
  })

  test('are compared when something is not the same any more', async () => {
    const { exitCode, stdout } = await ours('melange-ts', ['rebuild', pathOf('again-extra'), '--source-dir', 'src'], {
      cwd,
    })
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`${pathOf('again-extra')}: differs from rebuilt-packages/x86_64/again-extra-1.0-r2.apk`)
    expect(stdout).toMatch(/^-datahash = /m)
    expect(stdout).toContain('! usr/share/when: content')
    const unasked = ['rebuild', '--diff=false', pathOf('again-extra'), '--source-dir', 'src']
    expect(await oursFine('melange-ts', unasked, { cwd })).toMatchObject({ stdout: '' })
  })

  test('need a record', async () => {
    const bytes = await readFile(join(cwd, pathOf('again')))
    await writeFile(join(cwd, 'torn.apk'), bytes.subarray(0, 300))
    for (const file of ['torn.apk', 'nowhere.apk']) {
      const { exitCode, stderr } = await ours('melange-ts', ['rebuild', file], { cwd })
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(/error\[[A-Z_]+\]: .*(?:torn|nowhere)\.apk/)
    }
  })
})
