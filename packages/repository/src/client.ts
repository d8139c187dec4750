import { setMaxListeners } from 'node:events'
import { availableParallelism } from 'node:os'
import { checksumText, parseChecksumText } from '@apkts/apk'
import type { ContentRef } from '@apkts/archive'
import { type Log, silentLog } from '@apkts/diagnostics'
import { type HttpEnvironment, openTransport, realWaiting, type Transport, type Waiting } from '@apkts/http'
import type { Keys } from '@apkts/keyring'
import type { Resolved } from '@apkts/solver'
import pLimit from 'p-limit'
import { openCacheRoot } from './cache-root.ts'
import type { RepositoryContext } from './context.ts'
import { RepositoryError } from './error.ts'
import { type FetchedFile, type FetchFileOptions, fetchBytes, withStatus } from './fetch-file.ts'
import { createAuthenticator } from './http/auth.ts'
import { createHttpClient } from './http/client.ts'
import { IndexLoader, type LoadedIndex } from './index/load.ts'
import type { RepositoryLimits } from './limits.ts'
import { remember } from './memory.ts'
import type { ExpandedPackage } from './package/expanded.ts'
import { fetchPackage, type PackageSource, packageSource } from './package/fetch.ts'
import { MemoryGate } from './package/memory-gate.ts'
import { openPackageFile, type PackageFile } from './package/original.ts'
import type { PackageReference } from './package/reference.ts'
import { DiskThreads } from './package/store/disk-thread.ts'
import { streamFile } from './stream-file.ts'
import { packageUrl } from './urls.ts'

/** Which keys are trusted, where things are kept, how they are fetched. */
export interface RepositoryOptions {
  /** Keys whose signatures make an index trusted. */
  readonly keys: Keys
  /** Shared with apko, and safe for many processes; without it everything lives in a temporary directory until `close`. */
  readonly cacheDir?: string | undefined
  /** Opens no socket: what is not in the cache directory is an error. */
  readonly offline?: boolean | undefined
  readonly ignoreSignatures?: boolean | undefined
  readonly limits?: RepositoryLimits | undefined
  readonly log?: Log | undefined
  /** HTTP_AUTH, HTTP_PROXY, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE, NETRC and HOME are used; default none. */
  readonly env?: HttpEnvironment | undefined
  readonly signal?: AbortSignal | undefined
  /** Packages fetched and expanded at a time; default four, or the number of processors if that is more. */
  readonly parallel?: number | undefined
  /** Bytes of packages held in memory while they are expanded; larger ones are streamed. Default 64 MiB. */
  readonly memory?: number | undefined
  /** Bytes of packages to come from which on threads store them; default 12 MiB, where there are two processors or more. */
  readonly threadsFrom?: number | undefined
  readonly userAgent?: string | undefined
  /** Milliseconds; default 30 s for headers, 60 s for a body that stands still. */
  readonly timeouts?: { readonly headers?: number; readonly body?: number } | undefined
  /** Package files at hand, by the SHA-1 of their control section in hex; taken before the repository is asked. */
  readonly packageFiles?: ((controlSha1: string) => ContentRef | undefined) | undefined
  /** Clock and pauses, for tests. */
  readonly waiting?: Waiting | undefined
}

/** Keys for one call in place of those of the client. */
export interface TrustOptions {
  readonly keys?: Keys | undefined
  readonly ignoreSignatures?: boolean | undefined
}

/** Indexes and packages of repositories, verified; `close` ends its connections. */
export interface RepositoryClient {
  /**
   * Indexes of repository lines for one architecture, in the order of the lines. Local ones that do not exist are left
   * out with a warning. Each is requested once per client and parsed once per set of keys.
   * @throws RepositoryError, KeyringError or ApkError naming the index.
   */
  loadIndexes(lines: readonly string[], arch: string, trust?: TrustOptions): Promise<LoadedIndex[]>
  /**
   * A package whose control section has the checksum of its index, whose data section has the hash the control section
   * states, and whose files have the checksums the data section states.
   * @throws RepositoryError or ApkError naming the package.
   */
  fetchPackage(wanted: FetchablePackage): Promise<ExpandedPackage>
  /** The file of a package, fetched and verified if need be. @throws RepositoryError or ApkError naming the package. */
  openPackageFile(wanted: FetchablePackage): Promise<PackageFile>
  /** Where `fetchPackage` would take a package from. Fetches nothing. @throws RepositoryError `PACKAGE_NO_CHECKSUM`. */
  packageSource(wanted: FetchablePackage): Promise<PackageSource>
  /** A small file such as a key, by URL or path, fetched once per client. @throws RepositoryError, with the `status` if one came. */
  fetchBytes(location: string, options?: FetchFileOptions): Promise<Uint8Array>
  /** The same, with other statuses than 200 returned instead of thrown. */
  fetchFile(location: string, options?: FetchFileOptions): Promise<FetchedFile>
  /** A file of any size, by URL or path, as a stream; nothing of it is kept. @throws RepositoryError while it is read. */
  stream(location: string): AsyncIterable<Uint8Array>
  /** Ends everything under way and removes what was temporary: without a cache directory, the contents of packages too. */
  close(): Promise<void>
}

/** A package resolved from a loaded index, or one known by URL and checksum, as a lock file has it. */
export type FetchablePackage = LockedReference | Pick<Resolved, 'record' | 'location' | 'arch'>

/** `checksum` may be the `Q1…` text too. */
export type LockedReference = Omit<PackageReference, 'checksum'> & {
  readonly checksum: Uint8Array | string | undefined
}

const DEFAULT_PARALLEL = 4
const DEFAULT_MEMORY = 1 << 26
const DEFAULT_USER_AGENT = 'apko-ts'

/** Opens a client for package repositories. The caller closes it. */
export function openRepositories(options: RepositoryOptions): RepositoryClient {
  const { keys, env = {}, ignoreSignatures = false, timeouts = {} } = options
  const transport = openTransport({ env, headersTimeout: timeouts.headers, bodyTimeout: timeouts.body })
  const closing = new AbortController()
  const context = createContext(options, transport, closing.signal)
  const loader = new IndexLoader(context)
  const limit = pLimit(options.parallel ?? Math.max(DEFAULT_PARALLEL, availableParallelism()))
  const packages = new Map<string, Promise<ExpandedPackage>>()
  const files = new Map<string, Promise<Uint8Array>>()
  const fetchOnce: RepositoryClient['fetchBytes'] = (location, fileOptions) =>
    remember(files, location, () => fetchBytes(context, location, fileOptions))
  return {
    async loadIndexes(lines, arch, trust = {}) {
      const policy = { keys: trust.keys ?? keys, ignoreSignatures: trust.ignoreSignatures ?? ignoreSignatures }
      const loaded = await Promise.all(lines.map((line) => loader.load(line, arch, policy)))
      return loaded.filter((index) => index !== undefined)
    },
    fetchPackage(wanted) {
      const reference = referenceOf(wanted)
      const key = [checksumText(reference.checksum), reference.name, reference.version, reference.url].join(' ')
      return remember(packages, key, () => {
        const fetched = limit(() => fetchPackage(context, reference))
        context.disks.expect(reference.size ?? 0, fetched)
        return fetched
      })
    },
    openPackageFile: (wanted) => openPackageFile(context, referenceOf(wanted)),
    packageSource: (wanted) => packageSource(context, referenceOf(wanted)),
    fetchBytes: fetchOnce,
    stream: (location) => streamFile(context, location),
    fetchFile: (location, fileOptions) => withStatus(fetchOnce(location, fileOptions)),
    async close() {
      closing.abort(new RepositoryError('CLOSED', 'the repository client was closed'))
      await transport.close()
      await Promise.allSettled(packages.values())
      await context.disks.close()
      await context.cache.close()
    },
  }
}

function createContext(options: RepositoryOptions, transport: Transport, closing: AbortSignal): RepositoryContext {
  const { env = {}, log = silentLog, offline = false, waiting = realWaiting } = options
  const authenticate = createAuthenticator(env, log)
  const userAgent = options.userAgent ?? DEFAULT_USER_AGENT
  const signal = options.signal === undefined ? closing : AbortSignal.any([options.signal, closing])
  setMaxListeners(0, signal) // every request under way listens
  return {
    http: createHttpClient({ transport, authenticate, waiting, log, userAgent, offline }),
    cache: openCacheRoot(options.cacheDir, log),
    limits: options.limits ?? {},
    packageFiles: options.packageFiles ?? (() => undefined),
    gate: new MemoryGate(Math.min(options.memory ?? DEFAULT_MEMORY, DEFAULT_MEMORY)),
    disks: new DiskThreads(options.threadsFrom),
    offline,
    waiting,
    log,
    signal,
  }
}

/** Address, identity and size of a package. */
export function referenceOf(wanted: FetchablePackage): PackageReference {
  if ('url' in wanted) {
    const { checksum } = wanted
    return { ...wanted, checksum: typeof checksum === 'string' ? parseChecksumText(checksum) : checksum }
  }
  const { record, location, arch } = wanted
  const { name, version, checksum } = record
  return { url: packageUrl(location, arch ?? record.arch, record), name, version, checksum, size: record.size }
}
