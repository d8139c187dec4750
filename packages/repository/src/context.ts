import type { Log } from '@apkts/diagnostics'
import type { CacheRoot } from './cache-root.ts'
import type { HttpClient } from './http/client.ts'
import type { Waiting } from './http/types.ts'
import type { RepositoryLimits } from './limits.ts'

/** What every part of a repository client works with. */
export interface RepositoryContext {
  readonly http: HttpClient
  readonly cache: CacheRoot
  readonly limits: RepositoryLimits
  readonly offline: boolean
  readonly waiting: Waiting
  readonly log: Log
  readonly signal: AbortSignal
}
