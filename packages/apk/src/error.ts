import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `ApkError`. */
export type ApkErrorCode =
  | 'INDEX_LINE'
  | 'INDEX_FIELD'
  | 'INDEX_ENTRY'
  | 'INDEX_ARCHIVE'
  | 'PKGINFO_SYNTAX'
  | 'PKGINFO_VALUE'
  | 'PKGINFO_UNSAFE'
  | 'PACKAGE_EMPTY'
  | 'PACKAGE_V3'
  | 'PACKAGE_NOT_GZIP'
  | 'PACKAGE_TRUNCATED'
  | 'PACKAGE_DAMAGED'
  | 'PACKAGE_TOO_LARGE'
  | 'PACKAGE_NO_DATA'
  | 'PACKAGE_NO_PKGINFO'
  | 'FILE_CHECKSUM'
  | 'DATA_HASH'
  | 'CONTROL_CHECKSUM'
  | 'CONSTRAINT_INVALID'
  | 'INSTALLED_DATABASE'

/** A package, index, version or installed database that cannot be read or written. */
export class ApkError extends DiagnosticError<ApkErrorCode> {
  override readonly name = 'ApkError'
}
