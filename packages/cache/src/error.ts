import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `CacheError`. */
export type CacheErrorCode = 'CACHE_NOT_A_CACHE' | 'CACHE_DIGEST_MISMATCH' | 'CACHE_NO_HOME'

/** A cache directory that cannot be used as one, or content that is not what it was announced to be. */
export class CacheError extends DiagnosticError<CacheErrorCode> {
  override readonly name = 'CacheError'
}
