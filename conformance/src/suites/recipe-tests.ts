import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

/** The tests inside the recorded recipes, run against the packages that the original made from them. */
export const recipeTests: Suite = { name: 'recipe-tests', quick: false, run }

/** Tests that fail because they are mistaken, and with what. */
const MISTAKEN: Readonly<Record<string, RegExp>> = {
  // It expects "2 directories"; tree 2.1.0 counts the root, too.
  tree: /STEP_FAILED.*the step on line 38 of package tree ended with exit status 1/,
}

// Debian's compiler wants zlib under its own name, while two packages with the same library do not go together; its bash
// does not say that it brings the command.
const COMPAT = `package:
  name: zlib1g
  version: "99"
  epoch: 0
  dependencies:
    runtime: [zlib]
environment:
  contents:
    packages: [bash, busybox]
pipeline:
  - runs: 'true'
subpackages:
  - name: bash-command
    dependencies:
      runtime: [bash]
      provides: [cmd:bash=1]
    pipeline:
      - runs: 'true'
`

async function* run(context: SuiteContext): AsyncIterable<CaseResult> {
  const data = join(context.data, 'e2e')
  const cwd = await context.temp()
  const toolchain = ['--repository-append', join(data, 'toolchain'), '--ignore-signatures', '--arch', 'x86_64']
  await writeFile(join(cwd, 'compat.yaml'), COMPAT)
  const compat = await context.command('melange-ts', ['build', 'compat.yaml', '--empty-workspace', ...toolchain], {
    cwd,
  })
  if (compat.exitCode !== 0) throw new Error(compat.stderr)
  const recipes = (await readdir(join(data, 'recipes'))).filter((file) => file.endsWith('.yaml')).sort()
  for (const file of recipes.filter((name) => name.includes(context.filter ?? ''))) {
    const name = file.replace(/\.yaml$/, '')
    const repositories = [
      '--repository-append',
      join(data, 'expected'),
      '--repository-append',
      'packages',
      ...toolchain,
    ]
    const more = ['--test-package-append', 'bash,busybox,coreutils,grep']
    const args = ['test', join(data, 'recipes', file), ...repositories, ...more]
    const { exitCode, stderr } = await context.command('melange-ts', args, { cwd })
    const mistaken = MISTAKEN[name]
    if (/ has no tests/.test(stderr)) yield { name, ok: false, skipped: 'the recipe has no tests' }
    else if (mistaken === undefined ? exitCode === 0 && / passed/.test(stderr) : mistaken.test(stderr))
      yield { name, ok: true }
    else yield { name, ok: false, detail: stderr.slice(-1500) }
  }
}
