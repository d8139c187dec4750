import { Facts } from '../complete/facts.ts'
import { attempt, type CompleteOptions, completeSolution } from '../complete/solve.ts'
import { SolverError } from '../error.ts'
import type { Solution, SolveInput } from '../types.ts'
import { type ConflictPart, conflictOf } from './conflict.ts'
import { conflictCode, conflictHint, formatConflict } from './format.ts'

/**
 * Resolves a world to a set in which everything holds: every dependency and conflict of every package, versioned names
 * with one provider each, tags, and `install_if` wherever a package can be added. Preferences are those of the
 * compatible resolver; where its first choice leads nowhere, the next one is tried. Packages come in installation order.
 *
 * @throws SolverError with the constraints that contradict each other (`UNSATISFIABLE`; `UNKNOWN_NAME` and `NO_CANDIDATE`
 * where nothing meets one of them), or `SEARCH_LIMIT`.
 */
export function solveComplete(input: SolveInput, options: CompleteOptions = {}): Solution {
  const facts = new Facts(input)
  const found = attempt(facts, undefined, options)
  if (found.kind === 'solved') return completeSolution(facts, found.installed, options)
  const conflict = conflictOf(facts, found.core)
  throw new SolverError(conflictCode(conflict), formatConflict(conflict), { conflict, hint: conflictHint(conflict) })
}

/** The smallest set of constraints that cannot hold together; undefined when the world has a solution. */
export function findConflict(input: SolveInput, options: CompleteOptions = {}): readonly ConflictPart[] | undefined {
  const facts = new Facts(input)
  const found = attempt(facts, undefined, options)
  return found.kind === 'solved' ? undefined : conflictOf(facts, found.core)
}
