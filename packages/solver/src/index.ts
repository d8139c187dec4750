export { checkSolution, type SolutionWarning } from './check.ts'
export type { CompleteOptions } from './complete/solve.ts'
export type { BuildPlace, ConflictPart, Near } from './conflict/conflict.ts'
export { type ConflictWords, conflictNotes, formatConflict, headline } from './conflict/format.ts'
export { findConflict, solveComplete } from './conflict/solve-complete.ts'
export { type ChainStep, SolverError, type SolverErrorCode } from './error.ts'
export { chainOf, type Explained, type Explanation, explainSolution } from './explain/explain.ts'
export { findInSolution, type Loss, lossesOf } from './explain/find.ts'
export type { Link } from './explain/links.ts'
export { normaliseWorld, solve } from './solve.ts'
export {
  type BeatenCandidate,
  type ExcludedCandidate,
  type Exclusion,
  formatExclusion,
  formatRule,
  type PreferenceRule,
  type Reason,
  type Resolved,
  type Solution,
  type SolveInput,
  type SolverIndex,
} from './types.ts'
