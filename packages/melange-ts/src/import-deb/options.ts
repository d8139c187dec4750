import type { Log } from '@apkts/diagnostics'
import type { PrivateKey } from '@apkts/keyring'

export interface ImportOptions {
  /** Names of Debian packages or aliases, and paths of .deb files (anything with a slash or ending in `.deb`). */
  readonly requests: readonly string[]
  /** Repository directory; packages go to `‹outDir›/‹arch›`. */
  readonly outDir: string
  /** Where downloaded .deb files are kept. */
  readonly downloadDir: string
  /** apk architecture. */
  readonly arch: string
  readonly key: PrivateKey
  /** Adds the packages that the requested ones depend on. */
  readonly dependencies: boolean
  readonly documentation: boolean
  readonly keepEpoch: boolean
  /** Seconds since 1970 for all packages; by default each has the time its .deb was built. */
  readonly sourceDateEpoch?: number
  /** Conversions at the same time. */
  readonly jobs: number
  readonly log: Log
  readonly signal?: AbortSignal
}

export interface ImportResult {
  /** Directory with the packages and the index. */
  readonly directory: string
  readonly packages: number
  readonly converted: number
  /** Bytes of all package files. */
  readonly size: number
}
