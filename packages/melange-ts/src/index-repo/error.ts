import { DiagnosticError } from '@apkts/diagnostics'

export type IndexErrorCode = 'INDEX_BUSY'

export class IndexError extends DiagnosticError<IndexErrorCode> {
  override readonly name = 'IndexError'
}
