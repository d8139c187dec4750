import { chmod, cp, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'
import { type PrivateKey, readPrivateKeyFile } from '@apkts/keyring'
import { type Identity, indexAsMelange, packageAsMelange } from '../apks/as-melange.ts'
import { firstDifference, type RecordedArchive } from '../apks/compare.ts'
import { defectFlags } from '../apks/recorded-defects.ts'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

interface Step {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

interface Case {
  readonly name: string
  readonly needs_root: boolean
  readonly steps: readonly Step[]
}

type Expected = Readonly<Record<string, RecordedArchive | { readonly text: string }>>

/** Packages, indexes and logs of small recipes: every byte equal to the recorded one, but for the name of the program. */
export const goldenApks: Suite = { name: 'golden-apks', quick: false, run }

async function* run(context: SuiteContext): AsyncIterable<CaseResult> {
  const root = join(context.data, 'golden-apks')
  for (const name of (await readdir(join(root, 'cases'))).sort()) {
    if (!name.includes(context.filter ?? '')) continue
    const recorded = JSON.parse(await readFile(join(root, 'cases', name, 'case.json'), 'utf8')) as Case
    if (recorded.needs_root && process.getuid?.() !== 0) yield { name, ok: false, skipped: 'needs root' }
    else yield { name, ...(await runCase(recorded, root, context)) }
  }
}

async function runCase(recorded: Case, root: string, context: SuiteContext): Promise<{ ok: boolean; detail?: string }> {
  const directory = await workingDirectory(recorded.name, root, context)
  for (const { args, env } of recorded.steps) {
    const result = await context.command('melange-ts', [...args, ...defectFlags(recorded.name)], {
      cwd: directory,
      env,
    })
    if (result.exitCode !== 0) return { ok: false, detail: result.stderr.slice(-1500) }
  }
  const expected = JSON.parse(await readFile(join(root, 'cases', recorded.name, 'expected.json'), 'utf8')) as Expected
  const signed = recorded.steps.some(({ args }) => args.includes('--signing-key'))
  const key = signed ? await readPrivateKeyFile(join(root, 'keys', 'golden.rsa')) : undefined
  const detail = await compareFiles(expected, await producedFiles(directory), key)
  return detail === undefined ? { ok: true } : { ok: false, detail }
}

/** Paths are recorded in packages, so cases run in a copy that is laid out like the data. */
async function workingDirectory(name: string, root: string, context: SuiteContext): Promise<string> {
  const directory = await context.temp()
  await mkdir(join(directory, 'cases'))
  for (const shared of ['guest', 'keys']) await symlink(join(root, shared), join(directory, shared))
  const copy = join(directory, 'cases', name)
  await cp(join(root, 'cases', name), copy, { recursive: true, verbatimSymlinks: true })
  await makeWritable(copy)
  return directory
}

/** The data may be kept read-only; the recorded builds saw files that their owner could write. */
async function makeWritable(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name)
    await chmod(path, (await stat(path)).mode | 0o200)
  }
}

async function producedFiles(directory: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const out = join(directory, 'OUT')
  for (const path of await listFiles(out)) files.set(relative(out, path), await readFile(path))
  for (const name of await readdir(directory)) {
    if (/^(?:packages\.log|deplog\.)/.test(name)) files.set(name, await readFile(join(directory, name)))
  }
  return files
}

async function listFiles(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
}

async function compareFiles(
  expected: Expected,
  found: ReadonlyMap<string, Uint8Array>,
  key: PrivateKey | undefined,
): Promise<string | undefined> {
  const [wanted, got] = [Object.keys(expected), [...found.keys()]].map((names) => [...names].sort().join(' '))
  if (wanted !== got) return `files: ${wanted} expected, ${got} found`
  const identities = new Map<string, Identity>()
  // Packages come before the index that lists them.
  const order = Object.entries(expected).sort(
    ([a], [b]) => Number(a.endsWith('.tar.gz')) - Number(b.endsWith('.tar.gz')),
  )
  for (const [path, file] of order) {
    const detail = compareFile(path, file, found.get(path)!, { identities, key })
    if (detail !== undefined) return `${path}: ${detail}`
  }
  return undefined
}

function compareFile(
  path: string,
  expected: RecordedArchive | { readonly text: string },
  found: Uint8Array,
  { identities, key }: { identities: Map<string, Identity>; key: PrivateKey | undefined },
): string | undefined {
  if ('text' in expected) {
    const text = Buffer.from(found).toString('utf8')
    return text === expected.text
      ? undefined
      : `${JSON.stringify(expected.text)} expected, ${JSON.stringify(text)} found`
  }
  // Its times differ from run to run; the test of the provenance itself looks inside.
  if (path.endsWith('.attest.tar.gz')) return undefined
  const rewritten = path.endsWith('.apk') ? packageAsMelange(found, key, expected.melange_yaml) : undefined
  if (rewritten !== undefined) identities.set(path.replace(/^.*\//, '').slice(0, -'.apk'.length), rewritten.identity)
  const bytes = rewritten?.bytes ?? indexAsMelange(found, identities, key)
  return sha256Hex(bytes) === expected.sha256 ? undefined : firstDifference(expected, bytes)
}
