import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { ROOT, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, MADE, why } from '../src/quickstart.ts'

const TEXT = await readFile(join(ROOT, 'docs/recipes.md'), 'utf8')
const BLOCKS = [...TEXT.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block!)

test.skipIf(cannotBuild)(`every command of docs/recipes.md works, one block after the other${why}`, async () => {
  const cwd = await temporaryDirectory()
  await symlink(join(MADE, 'toolchain'), join(cwd, 'toolchain'))
  const bin = join(cwd, '.bin')
  await mkdir(bin)
  const program = join(ROOT, 'packages/melange-ts/bin/melange-ts.js')
  await writeFile(join(bin, 'melange-ts'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  await chmod(join(bin, 'melange-ts'), 0o755)
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: cwd, TZ: 'UTC' }
  const outputs: string[] = []
  for (const block of BLOCKS) {
    const { exitCode, stdout, stderr } = await execa('bash', ['-eu', '-o', 'pipefail', '-c', block], {
      cwd,
      env,
      extendEnv: false,
      reject: false,
    })
    expect({ block, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ block, exitCode: 0, stderr: '' })
    outputs.push(stdout)
  }
  const output = outputs.join('\n')
  expect(output).toContain('# A first draft.')
  expect(output).toContain('1 recipe: nothing wrong')
  expect(output).toContain('package:\n  name: x')
  expect(output).toMatch(/build\.arch = x86_64 +--arch/)
  expect(output).toContain('hello-0-r0')
  expect(output).toContain('  - uses: git-am\n    with:\n      patches: |\n        0001-Greet-the-world.patch')
  expect(await readFile(join(cwd, 'hello.yaml'), 'utf8')).toContain('version: "1.1"')
})

test('every command that writes or reads recipes is in it', () => {
  for (const name of ['new', 'check', 'fmt', 'compile', 'query', 'package-version', 'schema', 'bump', 'source get']) {
    expect(BLOCKS.join('')).toContain(`melange-ts ${name} `)
  }
})
