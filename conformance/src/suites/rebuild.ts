import { chmod, cp, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

/** One package of each recorded recipe: a build makes the others with it. */
const PACKAGES = [
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

/** Packages that the original made, built again from the record inside them: equal byte for byte, but for the signature. */
export const rebuild: Suite = { name: 'rebuild', quick: false, run }

async function* run(context: SuiteContext): AsyncIterable<CaseResult> {
  const data = join(context.data, 'e2e')
  const directory = await context.temp()
  // Places are used as recorded: relative to where the original was run.
  await symlink(join(data, 'toolchain'), join(directory, 'toolchain'))
  await cp(join(data, 'sources'), join(directory, 'sources'), { recursive: true })
  for (const name of await readdir(join(directory, 'sources'))) await chmod(join(directory, 'sources', name), 0o644)
  const recorded = join(data, 'expected', 'x86_64')
  const files = await readdir(recorded)
  for (const name of PACKAGES.filter((candidate) => candidate.includes(context.filter ?? ''))) {
    const file = files.find((candidate) => new RegExp(`^${name}-[0-9].*\\.apk$`).test(candidate))!
    const args = ['rebuild', join(recorded, file), '--cache-dir', 'sources']
    const { exitCode, stdout, stderr } = await context.command('melange-ts', args, { cwd: directory })
    const ok = exitCode === 0 && stdout.endsWith(': identical\n')
    yield ok ? { name, ok } : { name, ok, detail: (stdout || stderr).slice(-1500) }
  }
}
