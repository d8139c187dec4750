import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `ArchiveError`. */
export type ArchiveErrorCode =
  | 'TAR_INVALID'
  | 'TAR_TRUNCATED'
  | 'TAR_UNSUPPORTED'
  | 'TAR_TOO_LARGE'
  | 'TAR_NOT_REPRESENTABLE'
  | 'GZIP_NOT_GZIP'
  | 'GZIP_INVALID'
  | 'GZIP_TRUNCATED'
  | 'SIZE_LIMIT'
  | 'CONTENT_TRUNCATED'
  | 'CONTENT_TOO_LARGE'

/** A tar or gzip stream that cannot be read or written. */
export class ArchiveError extends DiagnosticError<ArchiveErrorCode> {
  override readonly name = 'ArchiveError'
}

/** The error of every exceeded decompression limit; `limit` in bytes. */
export function sizeLimitError(what: string, limit: number): ArchiveError {
  return new ArchiveError('SIZE_LIMIT', `${what}: size limit exceeded, limit is ${limit} bytes`, {
    hint: 'If the file is trusted, raise the limit; otherwise it may be a decompression bomb.',
  })
}
