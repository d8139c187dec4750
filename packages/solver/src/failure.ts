import type { Constraint } from '@apkts/apk'
import { didYouMean } from '@apkts/diagnostics'
import type { Candidate } from './candidate.ts'
import { type ChainStep, SolverError, type SolverErrorCode, type SolverErrorDetails } from './error.ts'
import type { Exclusions } from './exclusions.ts'
import { type FilterOptions, whyFiltered } from './filter.ts'
import { type ExcludedCandidate, formatExclusion } from './types.ts'

/** Where in the solve something failed: the steps from the world entry down, and the constraint that could not be met. */
export interface Failing {
  /** Steps already taken, the world entry first; empty when the world entry itself fails. */
  readonly chain: readonly ChainStep[]
  readonly constraint: Constraint
}

/** Throws for a constraint whose name is unknown or has no candidate left, naming every candidate and its reason. */
export function failNoCandidate(exclusions: Exclusions, failing: Failing, options: FilterOptions): never {
  const { constraint } = failing
  const named = exclusions.universe.byName.get(constraint.name)
  if (named === undefined) failUnknown(exclusions, failing)
  const candidates = [...new Set(named)].map((candidate) => ({
    package: candidate.build,
    location: candidate.location,
    exclusion: whyFiltered(exclusions, candidate, constraint, options),
  }))
  const lines = candidates.map((candidate) => `  ${candidate.package}: ${formatExclusion(candidate.exclusion)}`)
  const hint = tagHint(constraint, candidates)
  fail('NO_CANDIDATE', `no package satisfies "${constraint.text}"`, failing, { candidates, lines, hint })
}

function failUnknown(exclusions: Exclusions, failing: Failing): never {
  const { name, text } = failing.constraint
  const asked = name === text ? `"${name}"` : `"${name}" (asked for as "${text}")`
  const hint = text.startsWith('!')
    ? 'A list of packages cannot exclude one; leave out what needs it instead.'
    : didYouMean(name, exclusions.universe.byName.keys())
  fail('UNKNOWN_NAME', `nothing provides ${asked}`, failing, { hint })
}

function tagHint(constraint: Constraint, candidates: readonly ExcludedCandidate[]): string | undefined {
  const tagged = candidates.find(({ exclusion }) => exclusion.kind === 'tag')
  if (tagged?.exclusion.kind !== 'tag') return undefined
  return `Repositories with a tag are used on request only: ask for "${constraint.name}@${tagged.exclusion.tag}".`
}

/** Throws for a constraint whose version is not one. */
export function failInvalidVersion(failing: Failing): never {
  const { text, version } = failing.constraint
  fail('INVALID_VERSION', `"${version}" in the constraint "${text}" is not a version`, failing)
}

/** Throws for a package that needs a name which a selected package already has. */
export function failSelect(failing: Failing, selecting: Candidate, selected: Candidate, name: string): never {
  const message =
    selecting === selected
      ? `${selecting.build} provides "${name}" more than once, or provides its own name`
      : `${selecting.build} cannot be installed beside ${selected.build}: both provide "${name}"`
  fail('SELECT_CONFLICT', message, failing)
}

/** Throws for a dependency that contradicts a package selected before. */
export function failSelected(failing: Failing, selected: Candidate): never {
  const { text } = failing.constraint
  const message = `${selected.build} is already selected, which does not satisfy "${text}"`
  const offered = selected.provides.filter((provided) => provided.name === failing.constraint.name)
  const lines = offered.map((provided) => `  ${selected.build} provides "${provided.text}"`)
  fail('ALREADY_SELECTED', message, failing, { lines })
}

interface Extras {
  readonly candidates?: readonly ExcludedCandidate[]
  readonly lines?: readonly string[]
  readonly hint?: string | undefined
}

function fail(code: SolverErrorCode, headline: string, failing: Failing, extras: Extras = {}): never {
  const chain = [...failing.chain, { constraint: failing.constraint.text }]
  const details: SolverErrorDetails = { chain, candidates: extras.candidates ?? [], hint: extras.hint }
  throw new SolverError(code, [headline, ...(extras.lines ?? []), ...chainLines(chain)].join('\n'), details)
}

function chainLines(chain: readonly ChainStep[]): string[] {
  return chain.map((step, i) => {
    const asker = i === 0 ? 'world asks for' : `${chain[i - 1]!.taken} needs`
    return `  ${asker} "${step.constraint}"${step.taken === undefined ? '' : `, taken: ${step.taken}`}`
  })
}
