import type { ContentRef } from '@apkts/archive'
import type { Log } from '@apkts/diagnostics'
import type { Waiting } from '@apkts/http'
import type { CacheRoot } from './cache-root.ts'
import type { HttpClient } from './http/client.ts'
import type { RepositoryLimits } from './limits.ts'
import type { MemoryGate } from './package/memory-gate.ts'
import type { DiskThreads } from './package/store/disk-thread.ts'

/** What every part of a repository client works with. */
export interface RepositoryContext {
  readonly http: HttpClient
  readonly cache: CacheRoot
  readonly limits: RepositoryLimits
  /** Package files at hand, by the SHA-1 of their control section in hex. */
  readonly packageFiles: (controlSha1: string) => ContentRef | undefined
  /** For packages held in memory while they are expanded. */
  readonly gate: MemoryGate
  /** For packages that are expanded in memory. */
  readonly disks: DiskThreads
  readonly offline: boolean
  readonly waiting: Waiting
  readonly log: Log
  readonly signal: AbortSignal
}
