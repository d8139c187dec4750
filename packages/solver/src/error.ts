import { type DiagnosticDetails, DiagnosticError } from '@apkts/diagnostics'
import type { ConflictPart } from './conflict/conflict.ts'
import type { ExcludedCandidate } from './types.ts'

/** Stable codes of `SolverError`. */
export type SolverErrorCode =
  | 'UNKNOWN_NAME'
  | 'NO_CANDIDATE'
  | 'INVALID_VERSION'
  | 'SELECT_CONFLICT'
  | 'ALREADY_SELECTED'
  | 'INSTALLED_CONFLICT'
  | 'UNSATISFIABLE'
  | 'SEARCH_LIMIT'

/** One step from a world entry towards the failure: what was asked for, and the package taken for it, if any. */
export interface ChainStep {
  readonly constraint: string
  /** `name-version`. */
  readonly taken?: string
}

export interface SolverErrorDetails extends DiagnosticDetails {
  readonly chain?: readonly ChainStep[]
  readonly candidates?: readonly ExcludedCandidate[]
  readonly conflict?: readonly ConflictPart[]
}

/** A world that cannot be solved. The message names the chain of constraints from the world entry down, and every candidate. */
export class SolverError extends DiagnosticError<SolverErrorCode> {
  override readonly name = 'SolverError'
  readonly chain: readonly ChainStep[]
  readonly candidates: readonly ExcludedCandidate[]
  /** The constraints that contradict each other, for `UNSATISFIABLE`. */
  readonly conflict: readonly ConflictPart[]

  constructor(code: SolverErrorCode, message: string, details: SolverErrorDetails = {}) {
    super(code, message, details)
    this.chain = details.chain ?? []
    this.candidates = details.candidates ?? []
    this.conflict = details.conflict ?? []
  }
}
