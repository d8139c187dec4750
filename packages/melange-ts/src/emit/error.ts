import { DiagnosticError } from '@apkts/diagnostics'

export type EmitErrorCode = 'LINE_BREAK' | 'CAPABILITY'

export class EmitError extends DiagnosticError<EmitErrorCode> {
  override readonly name = 'EmitError'
}
