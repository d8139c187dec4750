import { defaultCacheDir } from '@apkts/cache'
import { type Log, silentLog } from '@apkts/diagnostics'
import { openRepositories, type RepositoryClient, type RepositoryLimits } from '@apkts/repository'
import type { Bundle } from '../bundle/read.ts'
import { type Budget, type BudgetOptions, budgetOf } from './budget.ts'

/** Where packages come from and are kept, and how much they may take. */
export interface SessionOptions extends BudgetOptions {
  /** Where packages and indexes are kept; empty or absent for the user's cache. */
  readonly cacheDir?: string | undefined
  readonly offline?: boolean | undefined
  readonly ignoreSignatures?: boolean | undefined
  readonly limits?: RepositoryLimits | undefined
  /** Where packages are taken from before any repository is asked. */
  readonly bundle?: Bundle | undefined
  /** Where files that a configuration names are looked for when they are not there as named. */
  readonly includePaths?: readonly string[] | undefined
  readonly log?: Log | undefined
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly signal?: AbortSignal | undefined
}

/** What the steps of one command share: where to fetch from, where to report to, when to stop. */
export interface Session {
  readonly log: Log
  readonly offline: boolean
  readonly budget: Budget
  /** Trusts no key by itself: whoever loads indexes says which keys must have signed them. */
  readonly repositories: RepositoryClient
  /** Where packages are kept; undefined when nothing is kept. */
  readonly cacheDir: string | undefined
  readonly signal: AbortSignal | undefined
  /** Lock file, keys and packages that were handed over with the command. */
  readonly bundle: Bundle | undefined
  readonly includePaths: readonly string[]
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
  const { bundle } = options
  const budget = budgetOf(options)
  const packageFiles = (controlSha1: string) => bundle?.packages.get(controlSha1)
  const repositories = openRepositories({
    ...options,
    log,
    cacheDir,
    keys: new Map(),
    packageFiles,
    parallel: budget.packages,
    memory: budget.packageBytes,
  })
  return {
    log,
    offline: options.offline ?? false,
    budget,
    repositories,
    cacheDir,
    bundle,
    includePaths: options.includePaths ?? [],
    signal: options.signal,
    now: () => Math.floor(Date.now() / 1000),
    checkpoint: () => options.signal?.throwIfAborted(),
    close: () => repositories.close(),
  }
}
