import { type Constraint, parseConstraint } from '@apkts/apk'
import { sortedUnique } from '@apkts/encoding'
import { solveDependencies } from './dependencies.ts'
import { SolverError } from './error.ts'
import { constrain, Exclusions, excludeMissingOnSiblings } from './exclusions.ts'
import { failInvalidVersion, failNoCandidate } from './failure.ts'
import { filterCandidates } from './filter.ts'
import { addInstallIf } from './install-if.ts'
import { bestCandidate, NOTHING_TAKEN } from './prefer.ts'
import { reasonOf } from './reason.ts'
import { Chosen, type SolveState, type Taken, WalkContext } from './state.ts'
import type { Resolved, Solution, SolveInput } from './types.ts'
import { universeOf } from './universe.ts'
import { takeWorld } from './world.ts'

/**
 * Resolves a world to packages in installation order, with the picks and the order of apko's resolver: greedy, one
 * depth-first pass, no search. Where apko's answer depends on hash-map order, index order decides here.
 *
 * The result may be inconsistent where apko's is (a package without dependencies is never checked against later
 * constraints); `checkSolution` tells.
 *
 * @throws SolverError when a name is unknown, no candidate is left, or packages exclude each other.
 */
export function solve(input: SolveInput): Solution {
  const state: SolveState = { exclusions: new Exclusions(universeOf(input.indexes)), selected: new Map() }
  const world = parseWorld(input.world)
  if (input.siblings !== undefined) excludeMissingOnSiblings(state.exclusions, input.siblings)
  const invalid = constrain(state.exclusions, world)
  if (invalid !== undefined) failInvalidVersion({ chain: [], constraint: invalid })
  const chosen = new Chosen(takeWorld(state.exclusions, world))
  const solution = solveEntries(state, world, chosen)
  refuseInstalledConflicts(solution, input.installed)
  return solution
}

/** World entries as the solver takes them: split at white space, unique, in byte order. */
export function normaliseWorld(world: readonly string[]): string[] {
  return sortedUnique(world.flatMap((entry) => entry.split(/\s+/)).filter((entry) => entry !== ''))
}

function parseWorld(world: readonly string[]): Constraint[] {
  return normaliseWorld(world).map((text) => parseConstraint(text))
}

function solveEntries(state: SolveState, world: readonly Constraint[], chosen: Chosen): Solution {
  const packages = new Map<string, Resolved>()
  const conflicts = new Set<string>()
  for (const constraint of world) {
    const entry = solveEntry(state, constraint, chosen)
    for (const conflict of entry.conflicts) conflicts.add(conflict)
    for (const taken of entry.list) {
      const { candidate } = taken
      if (!packages.has(candidate.name)) packages.set(candidate.name, resolvedOf(taken))
      chosen.addIfAbsent(candidate)
    }
  }
  return { packages: [...packages.values()], conflicts: [...conflicts] }
}

/** One world entry: what its package needs, what that triggers, and the package itself last. */
function solveEntry({ exclusions, selected }: SolveState, constraint: Constraint, chosen: Chosen) {
  const options = { prefer: constraint.pin }
  const candidates = filterCandidates(exclusions, constraint, options)
  if (candidates.length === 0) failNoCandidate(exclusions, { chain: [], constraint }, options)
  const context = new WalkContext(chosen, constraint.pin)
  const choice = bestCandidate(candidates, { ...NOTHING_TAKEN, name: constraint.name, pin: constraint.pin })
  const root: Taken = { candidate: choice.taken, reason: reasonOf(exclusions, { constraint, options }, choice) }
  const walk = solveDependencies({ exclusions, selected }, root, context)
  const dependencies = addInstallIf(exclusions.universe, firstOfEachName(walk.list))
  return { list: [...dependencies, root], conflicts: walk.conflicts }
}

function firstOfEachName(list: readonly Taken[]): Taken[] {
  const first = new Map<string, Taken>()
  for (const taken of list) if (!first.has(taken.candidate.name)) first.set(taken.candidate.name, taken)
  return [...first.values()]
}

function resolvedOf({ candidate, reason }: Taken): Resolved {
  const { record, tag, location, arch } = candidate
  return { record, tag, location, reason, ...(arch === undefined ? {} : { arch }) }
}

function refuseInstalledConflicts({ conflicts }: Solution, installed: ReadonlySet<string> | undefined): void {
  const name = conflicts.find((conflict) => installed?.has(conflict))
  if (name === undefined) return
  throw new SolverError('INSTALLED_CONFLICT', `a package conflicts with "${name}", which the base image has installed`)
}
