import { type Constraint, parseVersion, satisfies } from '@apkts/apk'
import type { Candidate } from './candidate.ts'
import type { Exclusions } from './exclusions.ts'
import type { Exclusion } from './types.ts'

export interface FilterOptions {
  /** A tag whose records are admitted. */
  readonly allow?: string
  /** A tag whose records are admitted, and wanted. */
  readonly prefer?: string
  /** A record of the wanted name taken before; it is admitted whatever its tag. */
  readonly existing?: Candidate | undefined
}

/** The records a constraint may take now, in table order. Empty for an unknown name. */
export function filterCandidates(
  exclusions: Exclusions,
  constraint: Constraint,
  options: FilterOptions,
): readonly Candidate[] {
  const named = exclusions.universe.byName.get(constraint.name) ?? []
  const admitted = named.filter((candidate) => !exclusions.has(candidate) && isAdmitted(candidate, options))
  if (constraint.operator === 'any') return admitted
  return admitted.filter((candidate) => isSatisfied(candidate, constraint))
}

function isAdmitted(candidate: Candidate, { allow = '', prefer = '', existing }: FilterOptions): boolean {
  const { tag } = candidate
  if (tag === '' || tag === allow || tag === prefer) return true
  return existing !== undefined && existing.location === candidate.location && existing.build === candidate.build
}

// Any `provides` element counts, of whatever name: that is how an unversioned provider passes a versioned constraint.
function isSatisfied(candidate: Candidate, { operator, version }: Constraint): boolean {
  const required = parseVersion(version)
  const own = candidate.version
  if (required === undefined || own === undefined) return false
  if (satisfies(own, operator, required)) return true
  return candidate.provides.some((provided) => {
    const actual = provided.version === '' ? undefined : parseVersion(provided.version)
    return actual !== undefined && satisfies(actual, operator, required)
  })
}

/** Why a record of the table is not among the filtered ones. */
export function whyFiltered(
  exclusions: Exclusions,
  candidate: Candidate,
  constraint: Constraint,
  options: FilterOptions,
): Exclusion {
  const excluded = exclusions.reason(candidate)
  if (excluded !== undefined) return excluded
  if (!isAdmitted(candidate, options)) return { kind: 'tag', tag: candidate.tag }
  const provided = candidate.provides.find((element) => element.name === constraint.name)
  if (candidate.name === constraint.name || provided === undefined) {
    return { kind: 'version', version: candidate.record.version, constraint: constraint.text }
  }
  if (provided.version !== '') {
    return { kind: 'provided-version', provided: provided.text, constraint: constraint.text }
  }
  const { version } = candidate.record
  return { kind: 'unversioned', provided: provided.text, version, constraint: constraint.text }
}
