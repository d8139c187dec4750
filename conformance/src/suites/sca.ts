import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { splitApk } from '@apkts/apk'
import { gunzipAll, parseTar } from '@apkts/archive'
import { isSystemError } from '@apkts/diagnostics'
import { analyse, type Generated, type ScaPackage, treeFromTar } from 'melange-ts'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

const MAX_DATA = 1 << 30

interface CasePackage extends Generated {
  readonly apk: string
  readonly options: Readonly<Record<string, boolean>>
  readonly base_runtime: readonly string[]
  readonly package: string
  readonly version: string
}

/** What the files of real packages need and provide, as the original analyser saw it. */
export const sca: Suite = { name: 'sca', quick: true, run }

async function* run({ data, filter = '' }: SuiteContext): AsyncIterable<CaseResult> {
  const root = join(data, 'sca-cases')
  for (const name of (await readdir(root)).sort()) {
    const text = await readFile(join(root, name, 'case.json'), 'utf8').catch(absent)
    if (text === undefined || !name.includes(filter)) continue
    const { packages } = JSON.parse(text) as { packages: CasePackage[] }
    yield { name, ...(await compare(join(root, name), packages)) }
  }
}

async function compare(directory: string, cases: readonly CasePackage[]): Promise<{ ok: boolean; detail?: string }> {
  const packages = await Promise.all(cases.map((expected) => readPackage(directory, expected)))
  for (const [at, expected] of cases.entries()) {
    const found = await analyse({ version: expected.version, packages }, packages[at]!)
    for (const list of ['runtime', 'provides', 'vendored'] as const) {
      const [wanted, got] = [expected[list], found[list]].map((names) => names.join(' '))
      if (wanted !== got) return { ok: false, detail: `${expected.package} ${list}: expected ${wanted}, found ${got}` }
    }
  }
  return { ok: true }
}

async function readPackage(
  directory: string,
  { apk, options, base_runtime, package: name }: CasePackage,
): Promise<ScaPackage> {
  const file = join(directory, apk)
  const bytes = await readFile(file)
  const { dataOffset } = splitApk(bytes, file)
  return {
    name,
    tree: treeFromTar(parseTar(gunzipAll(bytes.subarray(dataOffset), MAX_DATA))),
    runtime: base_runtime,
    options: {
      noProvides: options['no-provides'] === true,
      noDepends: options['no-depends'] === true,
      noCommands: options['no-commands'] === true,
      noVersionedShlibDeps: options['no-versioned-shlib-deps'] === true,
    },
  }
}

function absent(error: unknown): undefined {
  if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined
  throw error
}
