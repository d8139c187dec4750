import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PackageRecord, packageRecord, readIndexArchive } from '@apkts/apk'
import { compareBytes } from '@apkts/encoding'
import { type SolveInput, SolverError, type SolverIndex, solve } from '@apkts/solver'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

interface CaseIndex {
  readonly repo: string
  readonly tag?: string
  /** Name of a recorded index. */
  readonly index?: string
  readonly packages?: readonly Readonly<Record<string, string>>[]
}

interface Answer {
  readonly install: readonly string[]
  readonly from?: readonly string[]
  readonly conflicts?: readonly string[]
}

interface SolverCase {
  readonly name: string
  readonly indexes: readonly CaseIndex[]
  readonly other_archs?: Readonly<Record<string, readonly CaseIndex[]>>
  readonly world: readonly string[]
  readonly expected: Partial<Answer> & {
    readonly any_of?: readonly Answer[]
    readonly error_contains?: readonly string[]
  }
}

/** Which packages a world resolves to, in which order and from where, or how it fails. */
export const solver: Suite = { name: 'solver', quick: true, run }

async function* run({ data, filter = '' }: SuiteContext): AsyncIterable<CaseResult> {
  const { cases } = JSON.parse(await readFile(join(data, 'solver-cases.json'), 'utf8')) as { cases: SolverCase[] }
  const recorded = new RecordedIndexes(data)
  for (const solverCase of cases) {
    if (!solverCase.name.includes(filter)) continue
    const detail = compare(solverCase, outcomeOf(await inputOf(solverCase, recorded)))
    yield { name: solverCase.name, ok: detail === undefined, ...(detail === undefined ? {} : { detail }) }
  }
}

function outcomeOf(input: SolveInput): Required<Answer> | string {
  try {
    const { packages, conflicts } = solve(input)
    return {
      install: packages.map(({ record }) => `${record.name}-${record.version}`),
      from: packages.map(({ location }) => location),
      conflicts,
    }
  } catch (error) {
    if (error instanceof SolverError) return error.message
    throw error
  }
}

/** The first difference; undefined for none. */
function compare({ expected }: SolverCase, outcome: Required<Answer> | string): string | undefined {
  if (expected.error_contains !== undefined) {
    if (typeof outcome !== 'string') return `expected a failure, found ${outcome.install.join(' ')}`
    const missing = expected.error_contains.find((text) => !outcome.includes(text))
    return missing === undefined ? undefined : `the error does not mention ${JSON.stringify(missing)}: ${outcome}`
  }
  if (typeof outcome === 'string') return `failed: ${outcome}`
  if (expected.any_of !== undefined) {
    const found = outcome.install.join(' ')
    return expected.any_of.some(({ install }) => install.join(' ') === found) ? undefined : `found ${found}`
  }
  const lists = [
    ['install', expected.install ?? []],
    ['from', expected.from ?? outcome.from],
    ['conflicts', expected.conflicts ?? []],
  ] as const
  for (const [list, wanted] of lists) {
    const [want, found] = [wanted.join(' '), outcome[list].join(' ')]
    if (want !== found) return `${list}: expected ${want}, found ${found}`
  }
  return undefined
}

async function inputOf({ indexes, world, other_archs }: SolverCase, recorded: RecordedIndexes): Promise<SolveInput> {
  const input = { indexes: await indexesOf(indexes, recorded), world }
  if (other_archs === undefined) return input
  const siblings = new Map<string, SolverIndex[]>()
  for (const [arch, list] of Object.entries(other_archs)) siblings.set(arch, await indexesOf(list, recorded))
  return { ...input, siblings }
}

async function indexesOf(indexes: readonly CaseIndex[], recorded: RecordedIndexes): Promise<SolverIndex[]> {
  const line = ({ tag, repo }: CaseIndex) => (tag === undefined ? repo : `@${tag} ${repo}`)
  const ordered = [...indexes].sort((a, b) => compareBytes(line(a), line(b)))
  return Promise.all(
    ordered.map(async ({ tag = '', repo, index, packages = [] }) => ({
      tag,
      location: repo,
      records: index === undefined ? packages.map(recordOf) : await recorded.load(index),
    })),
  )
}

function recordOf({ P = '', V = '', D, p, i, o = '', k = '0' }: Readonly<Record<string, string>>): PackageRecord {
  return packageRecord({
    name: P,
    version: V,
    arch: 'x86_64',
    origin: o,
    dependencies: words(D),
    provides: words(p),
    installIf: words(i),
    providerPriority: BigInt(k),
  })
}

function words(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(' ')
}

/** Indexes of real repositories, each read once. */
class RecordedIndexes {
  readonly #data: string
  readonly #known = new Map<string, Promise<readonly PackageRecord[]>>()

  constructor(data: string) {
    this.#data = data
  }

  load(name: string): Promise<readonly PackageRecord[]> {
    const known = this.#known.get(name) ?? this.#read(name)
    this.#known.set(name, known)
    return known
  }

  async #read(name: string): Promise<readonly PackageRecord[]> {
    return readIndexArchive(await readFile(join(this.#data, 'indexes', `${name}.APKINDEX.tar.gz`))).records
  }
}
