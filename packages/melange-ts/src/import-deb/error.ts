import { DiagnosticError } from '@apkts/diagnostics'

export type ImportErrorCode =
  | 'DEB_VERSION_INVALID'
  | 'DEB_CONTROL_INVALID'
  | 'DEB_NOT_FOUND'
  | 'DEB_UNREADABLE'
  | 'DEB_UNSUPPORTED_ENTRY'
  | 'DEB_ORDER_LOST'
  | 'DEB_DUPLICATE'
  | 'DEB_PATH_CONFLICT'
  | 'APT_UNAVAILABLE'
  | 'APT_FAILED'
  | 'IMPORT_DIRECTORY'

/** A Debian package, or a set of them, that cannot be turned into an apk repository. */
export class ImportError extends DiagnosticError<ImportErrorCode> {
  override readonly name = 'ImportError'
}
