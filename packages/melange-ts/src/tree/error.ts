import { DiagnosticError } from '@apkts/diagnostics'

export type TreeErrorCode = 'UNSUPPORTED_FILE' | 'FILE_NAME'

export class TreeError extends DiagnosticError<TreeErrorCode> {
  override readonly name = 'TreeError'
}
