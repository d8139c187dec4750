import { defaultCacheDir } from '@apkts/cache'
import { type Log, silentLog } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'
import type { Keys } from '@apkts/keyring'
import { openRepositories, type RepositoryClient, type RepositoryLimits } from '@apkts/repository'

export interface SessionOptions {
  /** Where packages and indexes are kept; empty or absent for the user's cache. */
  readonly cacheDir?: string | undefined
  readonly offline?: boolean
  readonly ignoreSignatures?: boolean
  readonly limits?: RepositoryLimits
  readonly log?: Log
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

/** What the steps of one command share: where to fetch from, where to report to, when to stop. */
export interface Session {
  readonly options: SessionOptions
  readonly log: Log
  readonly offline: boolean
  /** Repositories whose indexes these keys must have signed; one client per set of keys. */
  repositories(keys: Keys): RepositoryClient
  /** Seconds since 1970, to tell whether an announced key is still in use. */
  now(): number
  /** Throws when the command was interrupted. */
  checkpoint(): void
  close(): Promise<void>
}

/** Opens a session; its owner closes it. Nothing is fetched yet. */
export function openSession(options: SessionOptions): Session {
  const log = options.log ?? silentLog
  const cacheDir = options.cacheDir || defaultCacheDir(options.env ?? {})
  if (cacheDir === undefined) log.warn('no cache directory: set HOME or XDG_CACHE_HOME, or pass --cache-dir')
  const clients = new Map<string, RepositoryClient>()
  return {
    options,
    log,
    offline: options.offline ?? false,
    repositories(keys) {
      const identity = sha256Hex(JSON.stringify([...keys].sort()))
      const known = clients.get(identity)
      if (known !== undefined) return known
      const client = openRepositories({ ...options, cacheDir, keys, log })
      clients.set(identity, client)
      return client
    },
    now: () => Math.floor(Date.now() / 1000),
    checkpoint: () => options.signal?.throwIfAborted(),
    close: async () => {
      for (const client of clients.values()) await client.close()
    },
  }
}
