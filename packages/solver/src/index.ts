export { checkSolution, type SolutionWarning } from './check.ts'
export { type ChainStep, SolverError, type SolverErrorCode } from './error.ts'
export { normaliseWorld, solve } from './solve.ts'
export {
  type BeatenCandidate,
  type ExcludedCandidate,
  type Exclusion,
  formatExclusion,
  type PreferenceRule,
  type Reason,
  type Resolved,
  type Solution,
  type SolveInput,
  type SolverIndex,
} from './types.ts'
