import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `RootfsError`. */
export type RootfsErrorCode =
  | 'PATH_INVALID'
  | 'PATH_NOT_FOUND'
  | 'PATH_EXISTS'
  | 'NOT_A_DIRECTORY'
  | 'IS_A_DIRECTORY'
  | 'DIRECTORY_NOT_EMPTY'
  | 'TOO_MANY_LINKS'
  | 'FILE_CONFLICT'
  | 'ENTRY_UNSUPPORTED'
  | 'ENTRY_CHECKSUM_MISSING'
  | 'PACKAGE_UNNAMED'
  | 'ACCOUNT_FILE_MALFORMED'
  | 'HOME_NOT_A_DIRECTORY'
  | 'PATH_TYPE_UNKNOWN'
  | 'CERTIFICATE_INVALID'
  | 'TRUSTSTORE_INVALID'
  | 'RUNTIME_KEY_INVALID'
  | 'BUSYBOX_UNKNOWN'
  | 'LIBRARY_MACHINE_UNKNOWN'
  | 'REPOSITORIES_EMPTY'
  | 'FILE_TOO_LARGE'
  | 'SCRIPT_UNSTORABLE'

/** A root filesystem that cannot be composed, or a tree operation that its paths do not allow. */
export class RootfsError extends DiagnosticError<RootfsErrorCode> {
  override readonly name = 'RootfsError'
}
