import { type Constraint, parseConstraint } from '@apkts/apk'
import type { Candidate } from '../candidate.ts'
import { SolverError } from '../error.ts'
import { offers } from '../satisfy.ts'
import type { Resolved, Solution } from '../types.ts'
import type { ClauseInput } from './clause.ts'
import type { Facts } from './facts.ts'
import { triggeredBy } from './install-if.ts'
import { orderInstalled, type Placed } from './order.ts'
import { Reasons } from './reasons.ts'
import { type Outcome, Search } from './search.ts'
import type { Source } from './source.ts'
import { unledByTag } from './tags.ts'
import { type Additions, WorldProblem } from './world-problem.ts'

/** How long the complete resolver searches. */
export interface CompleteOptions {
  /** Dead ends met before giving up; default 20,000. */
  readonly maxConflicts?: number
}

export const MAX_CONFLICTS = 20_000

/** A consistent set, or the constraints that contradict each other. */
export type Attempt =
  | { readonly kind: 'solved'; readonly installed: readonly Candidate[] }
  | { readonly kind: 'contradiction'; readonly core: readonly ClauseInput<Source>[] }

/**
 * Searches a set in which every constraint holds: all of the world, of every package's dependencies and conflicts, one
 * provider only for a name that has a version. Throws `SolverError` `SEARCH_LIMIT` when it had to give up.
 */
export function attempt(
  facts: Facts,
  additions?: Additions,
  { maxConflicts = MAX_CONFLICTS }: CompleteOptions = {},
): Attempt {
  const problem = new WorldProblem(facts, additions)
  const search = new Search<Source>(problem, maxConflicts)
  for (let rounds = 0; rounds <= maxConflicts; rounds++) {
    const outcome: Outcome<Source> = search.run()
    if (outcome.kind === 'contradiction') return outcome
    if (outcome.kind === 'limit') throw gaveUp(outcome.conflicts)
    const installed = outcome.installed.map((number) => facts.candidate(number))
    const unled = unledByTag(facts, installed)
    if (unled === undefined) return { kind: 'solved', installed }
    search.add(problem.demandLeader(unled))
  }
  throw gaveUp(maxConflicts)
}

function gaveUp(conflicts: number): SolverError {
  return new SolverError('SEARCH_LIMIT', `no solution was found in ${conflicts} attempts, and none was ruled out`, {
    hint: 'pin versions of the packages that have many builds, or ask for fewer packages',
  })
}

/** A solution for what a set was found to be, and the `install_if` packages it calls for. */
export function completeSolution(facts: Facts, installed: readonly Candidate[], options?: CompleteOptions): Solution {
  let order = orderInstalled(facts, installed, new Map())
  const added = new Map<Candidate, { constraint: Constraint; trigger: Candidate | undefined }>()
  const refused = new Set<string>()
  for (;;) {
    const kept = order.map(({ candidate }) => candidate)
    const wanted = new Map([...triggeredBy(facts, kept)].filter(([name]) => !refused.has(name)))
    if (wanted.size === 0) return solutionOf(facts, order)
    const more = addWanted(facts, { kept, wanted }, refused, options)
    for (const candidate of more) {
      if (wanted.get(candidate.name)?.includes(candidate) === true) added.set(candidate, triggerOf(candidate, kept))
    }
    order = orderInstalled(facts, more, added)
  }
}

/** The kept packages and those wanted that can be added to them without a change; the names of the others are refused. */
function addWanted(
  facts: Facts,
  { kept, wanted }: Additions,
  refused: Set<string>,
  options: CompleteOptions | undefined,
): readonly Candidate[] {
  const together = attempt(facts, { kept, wanted }, options)
  if (together.kind === 'solved') return together.installed
  let all: readonly Candidate[] = kept
  for (const [name, builds] of wanted) {
    const alone = attempt(facts, { kept: all, wanted: new Map([[name, builds]]) }, options)
    if (alone.kind === 'solved') all = alone.installed
    else refused.add(name)
  }
  return all
}

function triggerOf({ record }: Candidate, kept: readonly Candidate[]) {
  const constraint = parseConstraint(record.installIf.find((text) => !text.startsWith('!')) ?? '')
  return { constraint, trigger: kept.find((candidate) => offers(candidate, constraint)) }
}

function solutionOf(facts: Facts, order: readonly Placed[]): Solution {
  const installed = order.map(({ candidate }) => candidate)
  const reasons = new Reasons(facts, installed)
  const conflicts = installed.flatMap(({ dependencies }) => dependencies.filter(({ text }) => text.startsWith('!')))
  return {
    packages: order.map((placed) => resolvedOf(placed, reasons)),
    conflicts: [...new Set(conflicts.map(({ text }) => text.slice(1)))],
  }
}

function resolvedOf(placed: Placed, reasons: Reasons): Resolved {
  const { record, tag, location, arch } = placed.candidate
  return { record, tag, location, reason: reasons.reasonFor(placed), ...(arch === undefined ? {} : { arch }) }
}
