import { type PackageRecord, parseConstraint } from '@apkts/apk'
import { Candidate } from './candidate.ts'
import type { SolverIndex } from './types.ts'

/** The lookup tables of a list of indexes. */
export interface Universe {
  /** All candidates, in index order. */
  readonly candidates: readonly Candidate[]
  /** Records of that name in index order, then its providers; a record that provides a name twice is listed twice. */
  readonly byName: ReadonlyMap<string, readonly Candidate[]>
  /** Records by each element of their `install_if`. */
  readonly byInstallIf: ReadonlyMap<string, readonly Candidate[]>
}

/** Builds the tables, or returns those built before for the same records under the same tags and locations. */
export function universeOf(indexes: readonly SolverIndex[]): Universe {
  const first = indexes[0]?.records
  if (first === undefined) return buildUniverse(indexes)
  const known = remembered.get(first)
  if (known !== undefined && sameIndexes(known.indexes, indexes)) return known.universe
  const universe = buildUniverse(indexes)
  remembered.set(first, { indexes: [...indexes], universe })
  return universe
}

const remembered = new WeakMap<readonly PackageRecord[], { indexes: readonly SolverIndex[]; universe: Universe }>()

function sameIndexes(a: readonly SolverIndex[], b: readonly SolverIndex[]): boolean {
  return (
    a.length === b.length &&
    a.every((index, i) => {
      const other = b[i]!
      return (
        index.records === other.records &&
        index.tag === other.tag &&
        index.location === other.location &&
        index.arch === other.arch
      )
    })
  )
}

function buildUniverse(indexes: readonly SolverIndex[]): Universe {
  const candidates: Candidate[] = []
  const byName = new Map<string, Candidate[]>()
  const byInstallIf = new Map<string, Candidate[]>()
  for (const { tag, location, arch, records } of indexes) {
    for (const record of records) {
      const candidate = new Candidate(record, tag, location, arch)
      candidates.push(candidate)
      append(byName, record.name, candidate)
      for (const text of record.installIf) append(byInstallIf, text, candidate)
    }
  }
  const named = [...byName.values()]
  const own = named.map((list) => list.length) // the lists grow while providers are added
  for (const [i, list] of named.entries()) {
    for (let j = 0; j < own[i]!; j++) {
      const candidate = list[j]!
      for (const text of candidate.record.provides) append(byName, providedName(text), candidate)
    }
  }
  return { candidates, byName, byInstallIf }
}

function append(table: Map<string, Candidate[]>, key: string, candidate: Candidate): void {
  const list = table.get(key)
  if (list === undefined) table.set(key, [candidate])
  else list.push(candidate)
}

const SPECIAL = /[=<>~@]/

// Called for every `provides` element of every index; the full grammar is needed for the odd ones only.
function providedName(text: string): string {
  const equals = text.indexOf('=')
  if (equals === -1) return SPECIAL.test(text) ? parseConstraint(text).name : text
  const usual = equals > 0 && equals < text.length - 1 && text.search(SPECIAL) === equals && !text.includes('@')
  return usual ? text.slice(0, equals) : parseConstraint(text).name
}
