import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `RepositoryError`. */
export type RepositoryErrorCode =
  | 'REPOSITORY_LINE'
  | 'NO_REPOSITORY'
  | 'INDEX_UNREADABLE'
  | 'HTTP_STATUS'
  | 'HTTP_FAILED'
  | 'HTTP_REDIRECT'
  | 'HTTP_TRUNCATED'
  | 'RESPONSE_TOO_LARGE'
  | 'OFFLINE'
  | 'FILE_UNREADABLE'
  | 'PACKAGE_UNREADABLE'
  | 'PACKAGE_NO_CHECKSUM'
  | 'PACKAGE_MISMATCH'
  | 'PACKAGE_FETCH'
  | 'CACHE_UNWRITABLE'
  | 'CACHE_CHANGED'
  | 'CLOSED'

/** A repository that cannot be used, or a package that is not what its index says. Messages never contain credentials. */
export class RepositoryError extends DiagnosticError<RepositoryErrorCode> {
  override readonly name = 'RepositoryError'
  /** HTTP status that caused it, if one did. */
  readonly status: number | undefined

  constructor(
    code: RepositoryErrorCode,
    message: string,
    details: ConstructorParameters<typeof DiagnosticError>[2] & { readonly status?: number } = {},
  ) {
    super(code, message, details)
    this.status = details.status
  }
}
