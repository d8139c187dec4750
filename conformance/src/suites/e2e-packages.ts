import { chmod, cp, mkdir, readdir, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { defectFlags } from '../apks/recorded-defects.ts'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

/** In the order in which the recorded repository was built: later recipes find the packages of earlier ones in its index. */
const RECIPES = [
  'hello',
  'zlib',
  'lz4',
  'tree',
  'figlet',
  'libyaml',
  'options-demo',
  'json-perl',
  'py3-six',
  'pipelines-demo',
]

const ENVIRONMENT = { SOURCE_DATE_EPOCH: '1700000000' }

/** Real software built from source with a real toolchain: every package equal to the recorded one. */
export const e2ePackages: Suite = { name: 'e2e-packages', quick: false, run }

async function* run(context: SuiteContext): AsyncIterable<CaseResult> {
  const data = join(context.data, 'e2e')
  const judge = resolve(context.data, '../tools/apkcompare.py')
  const recipes = RECIPES.filter((name) => name.includes(context.filter ?? ''))
  const python = await execa('python3', ['--version'], { reject: false })
  if (python.exitCode !== 0) {
    for (const name of recipes) yield { name, ok: false, skipped: 'the comparison needs python3' }
    return
  }
  const directory = await workingDirectory(data, context)
  for (const name of recipes) {
    const before = await packagesIn(directory)
    const built = await context.command('melange-ts', buildArguments(name, data), { cwd: directory, env: ENVIRONMENT })
    if (built.exitCode !== 0) yield { name, ok: false, detail: built.stderr.slice(-1500) }
    else yield { name, ...(await judgePackages(judge, data, directory, before)) }
  }
}

async function workingDirectory(data: string, context: SuiteContext): Promise<string> {
  const directory = await context.temp()
  await symlink(join(data, 'recipes'), join(directory, 'recipes'))
  await mkdir(join(directory, 'packages', 'x86_64'), { recursive: true })
  // A build may write to its cache, and the data may be read-only.
  await cp(join(data, 'sources'), join(directory, 'sources'), { recursive: true })
  for (const name of await readdir(join(directory, 'sources'))) await chmod(join(directory, 'sources', name), 0o644)
  return directory
}

function buildArguments(name: string, data: string): string[] {
  return [
    'build',
    `recipes/${name}.yaml`,
    ...['--runner', 'bubblewrap', '--arch', 'x86_64', '--signing-key', join(data, 'builder.rsa')],
    ...['--cache-dir', 'sources', '--repository-append', join(data, 'toolchain')],
    ...['--keyring-append', join(data, 'toolchain', 'toolchain.rsa.pub'), '--out-dir', 'packages'],
    ...['--git-commit', '0123456789abcdef0123456789abcdef01234567'],
    ...['--git-repo-url', 'https://github.com/example/recipes', '--namespace', 'example'],
    ...defectFlags(name),
  ]
}

async function packagesIn(directory: string): Promise<Set<string>> {
  const names = await readdir(join(directory, 'packages', 'x86_64'))
  return new Set(names.filter((name) => name.endsWith('.apk')))
}

/** Judges what a build has added; the judge also knows of all packages that are still to come. */
async function judgePackages(
  judge: string,
  data: string,
  directory: string,
  before: ReadonlySet<string>,
): Promise<{ ok: boolean; detail?: string }> {
  const added = [...(await packagesIn(directory))].filter((name) => !before.has(name))
  const recorded = new Set(await readdir(join(data, 'expected', 'x86_64')))
  const unknown = added.filter((name) => !recorded.has(name))
  if (added.length === 0 || unknown.length > 0)
    return { ok: false, detail: `unexpected packages: ${unknown.join(' ')}` }
  const { stdout } = await execa(
    'python3',
    [judge, join(data, 'expected', 'x86_64'), join(directory, 'packages', 'x86_64')],
    { reject: false },
  )
  const differences = stdout.split('\n').filter((line) => added.some((name) => line.startsWith(`${name}:`)))
  const verdict = /(\d+) of \d+ apks equal/.exec(stdout)?.[1]
  const equal = Number(verdict ?? 0) === before.size + added.length
  return differences.length === 0 && equal
    ? { ok: true }
    : { ok: false, detail: differences.join('; ') || stdout.slice(-500) }
}
