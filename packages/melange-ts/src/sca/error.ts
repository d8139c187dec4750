import { DiagnosticError } from '@apkts/diagnostics'

export type ScaErrorCode = 'PROVIDER_OUTDATED'

export class ScaError extends DiagnosticError<ScaErrorCode> {
  override readonly name = 'ScaError'
}
