import type { Constraint } from '@apkts/apk'
import type { Candidate } from './candidate.ts'
import type { Exclusions } from './exclusions.ts'
import { type FilterOptions, whyFiltered } from './filter.ts'
import type { Choice } from './prefer.ts'
import type { ExcludedCandidate, Reason } from './types.ts'

/** A constraint, how its candidates were filtered, and the package that has it as a dependency. */
export interface Asked {
  readonly constraint: Constraint
  readonly options: FilterOptions
  readonly requiredBy?: Candidate
}

/** The reason for a choice, from the state in which it was made: call it before the choice's rivals are excluded. */
export function reasonOf(
  exclusions: Exclusions,
  { constraint, options, requiredBy }: Asked,
  { taken, beaten }: Choice,
): Reason {
  const excluded = excludedOf(exclusions, { constraint, options }, { taken, beaten })
  const common = { constraint: constraint.text, beaten, excluded }
  if (requiredBy === undefined) return { kind: 'world', ...common }
  return { kind: 'dependency', requiredBy: requiredBy.build, ...common }
}

function excludedOf(
  exclusions: Exclusions,
  { constraint, options }: Asked,
  { taken, beaten }: Choice,
): ExcludedCandidate[] {
  const named = exclusions.universe.byName.get(constraint.name) ?? []
  if (named.length === beaten.length + 1) return []
  const considered = new Set(beaten.map((loser) => `${loser.location} ${loser.package}`))
  const excluded: ExcludedCandidate[] = []
  for (const candidate of new Set(named)) {
    if (candidate === taken || considered.has(`${candidate.location} ${candidate.build}`)) continue
    const exclusion = whyFiltered(exclusions, candidate, constraint, options)
    excluded.push({ package: candidate.build, location: candidate.location, exclusion })
  }
  return excluded
}
