import { DiagnosticError } from '@apkts/diagnostics'

export type OciErrorCode = 'LAYERING_STRATEGY_UNKNOWN' | 'LAYERING_BUDGET_INVALID' | 'CONTENT_SIZE' | 'COMPRESSION'

export class OciError extends DiagnosticError<OciErrorCode> {
  override readonly name = 'OciError'
}
