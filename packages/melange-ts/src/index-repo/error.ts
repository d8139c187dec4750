import { DiagnosticError } from '@apkts/diagnostics'

export type IndexErrorCode = 'INDEX_BUSY' | 'INDEX_SIGNED' | 'INDEX_SOURCE' | 'PASSPHRASE'

/** An index that cannot be written or signed as asked. */
export class IndexError extends DiagnosticError<IndexErrorCode> {
  override readonly name = 'IndexError'
}
