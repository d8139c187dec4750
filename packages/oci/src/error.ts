import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `OciError`. */
export type OciErrorCode = 'LAYERING_STRATEGY_UNKNOWN' | 'LAYERING_BUDGET_INVALID' | 'CONTENT_SIZE' | 'COMPRESSION'

/** A layer or document cannot be made. */
export class OciError extends DiagnosticError<OciErrorCode> {
  override readonly name = 'OciError'
}
