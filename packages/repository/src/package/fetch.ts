import { rm, stat } from 'node:fs/promises'
import { ApkError } from '@apkts/apk'
import { readContent } from '@apkts/archive'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { needingCache } from '../cache-failure.ts'
import type { RepositoryContext } from '../context.ts'
import { RepositoryError } from '../error.ts'
import { download } from '../http/body.ts'
import { httpResponseLimit } from '../limits.ts'
import { isRemote } from '../line.ts'
import { redactUrl } from '../urls.ts'
import { isPackageCached, readCachedPackage } from './cached.ts'
import type { ExpandedPackage } from './expanded.ts'
import type { MemoryGate } from './memory-gate.ts'
import { collectPackageBytes, openPackageBytes, type PackageBytes } from './package-bytes.ts'
import { type PackagePlace, packagePlace } from './place.ts'
import { checkIdentity, checksumHex, type PackageReference } from './reference.ts'
import { storePackage } from './store/store-package.ts'

/** The cache, a file on this machine, or a server. */
export type PackageSource = 'cache' | 'local' | 'remote'

const ATTEMPTS = 3
const PAUSE = 1_000

/**
 * A package, verified: from the cache, or fetched, expanded and cached.
 * @throws RepositoryError or ApkError naming the package.
 */
export async function fetchPackage(context: RepositoryContext, reference: PackageReference): Promise<ExpandedPackage> {
  context.signal.throwIfAborted()
  const place = packagePlace(await context.cache.path(), reference.url)
  const cached = await readAnyCache(context, place, reference)
  if (cached !== undefined) {
    checkIdentity(reference, cached.pkgInfo)
    return cached
  }
  return store(context, reference, place)
}

/** The package fetched anew, although the cache has it: some part of it there is damaged. */
export async function fetchAgain(context: RepositoryContext, reference: PackageReference): Promise<ExpandedPackage> {
  const place = packagePlace(await context.cache.path(), reference.url)
  await rm(place.control(checksumHex(reference)), { force: true }) // readers start from it, so nobody finds the rest
  return store(context, reference, place)
}

function store(context: RepositoryContext, reference: PackageReference, place: PackagePlace): Promise<ExpandedPackage> {
  return needingCache(context, () => storeWithRetries(context, reference, place))
}

/** Where `fetchPackage` would take a package from. @throws RepositoryError `PACKAGE_NO_CHECKSUM`. */
export async function packageSource(context: RepositoryContext, reference: PackageReference): Promise<PackageSource> {
  const place = packagePlace(await context.cache.path(), reference.url)
  const checksum = checksumHex(reference)
  const readOnly = await context.cache.readOnlyPath()
  const places = readOnly === undefined ? [place] : [place, packagePlace(readOnly, reference.url)]
  for (const cache of places) if (await isPackageCached(cache, checksum)) return 'cache'
  if (context.packageFiles(checksum) !== undefined) return 'local'
  return !isRemote(reference.url) || (await isFile(place.plainFile)) ? 'local' : 'remote'
}

async function readAnyCache(
  context: RepositoryContext,
  place: PackagePlace,
  reference: PackageReference,
): Promise<ExpandedPackage | undefined> {
  const checksum = checksumHex(reference)
  const found = await needingCache(context, () => readCachedPackage(context, place, checksum))
  const readOnly = await context.cache.readOnlyPath()
  if (found !== undefined || readOnly === undefined) return found
  return readCachedPackage(context, packagePlace(readOnly, reference.url), checksum, { readOnly: true })
}

async function storeWithRetries(
  context: RepositoryContext,
  reference: PackageReference,
  place: PackagePlace,
): Promise<ExpandedPackage> {
  const { log, waiting, signal } = context
  for (let attempt = 1; ; attempt++) {
    const source = await openSource(context, reference, place)
    try {
      return await storeFrom(source, context, reference, place)
    } catch (error) {
      if (!source.remote || !isTransient(error)) throw error
      if (attempt === ATTEMPTS) throw givingUp(reference, error)
      log.warn(`retrying fetch of ${reference.name} (attempt ${attempt + 1}/${ATTEMPTS}): ${messageOf(error)}`)
      await waiting.sleep(PAUSE * 2 ** (attempt - 1), signal)
    }
  }
}

async function storeFrom(
  source: Source,
  context: RepositoryContext,
  reference: PackageReference,
  place: PackagePlace,
): Promise<ExpandedPackage> {
  const { bytes, release } = await source.open()
  try {
    return await storePackage(context, reference, place, bytes)
  } finally {
    release()
  }
}

interface Source {
  open(): Promise<PackageBytes>
  readonly remote: boolean
}

/** Downloads of at most this many bytes are collected before they are expanded. */
const COLLECTED = 1 << 23

/** The package's bytes: one at hand, a local file, a file the user put into the cache, or a download. */
async function openSource(
  context: RepositoryContext,
  reference: PackageReference,
  place: PackagePlace,
): Promise<Source> {
  const { url, size } = reference
  const { http, limits, log, signal, offline, gate } = context
  const atHand = context.packageFiles(checksumHex(reference))
  if (atHand !== undefined) return streamSource(readContent(atHand), false)
  const local = isRemote(url) ? await providedFile(context, place, url) : url
  if (local !== undefined) return { open: () => openFile(local, url, gate), remote: false }
  if (offline) throw notCached(url, place)
  const bytes = download(http, url, { limit: httpResponseLimit(limits), log, signal })
  if (size === undefined || size > COLLECTED) return streamSource(bytes, true)
  return { open: () => collectPackageBytes(bytes, size, gate), remote: true }
}

function streamSource(bytes: AsyncIterable<Uint8Array>, remote: boolean): Source {
  return { open: async () => ({ bytes, release: () => {} }), remote }
}

/** The file that the user put into the cache, if there is one. */
async function providedFile(context: RepositoryContext, place: PackagePlace, url: string): Promise<string | undefined> {
  for (const file of await plainFiles(context, place, url)) if (await isFile(file)) return file
  return undefined
}

async function plainFiles({ cache }: RepositoryContext, { plainFile }: PackagePlace, url: string): Promise<string[]> {
  const readOnly = await cache.readOnlyPath()
  return readOnly === undefined ? [plainFile] : [plainFile, packagePlace(readOnly, url).plainFile]
}

async function openFile(path: string, url: string, gate: MemoryGate): Promise<PackageBytes> {
  try {
    return await openPackageBytes(path, gate)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new RepositoryError('PACKAGE_UNREADABLE', `cannot read the package ${redactUrl(url)}: ${messageOf(error)}`, {
      at: { file: path },
      hint:
        error.code === 'ENOENT'
          ? 'The index names a package that is not in the repository; rebuild the index.'
          : undefined,
      cause: error,
    })
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch (error) {
    if (isSystemError(error)) return false
    throw error
  }
}

function notCached(url: string, { plainFile }: PackagePlace): RepositoryError {
  return new RepositoryError('OFFLINE', `${redactUrl(url)} is not in the offline cache`, {
    hint: `Run once without --offline and with the same cache directory, or put the file at ${redactUrl(plainFile)}.`,
  })
}

function isTransient(error: unknown): boolean {
  if (error instanceof RepositoryError) return error.code === 'HTTP_TRUNCATED'
  return error instanceof ApkError && error.code === 'PACKAGE_TRUNCATED'
}

function givingUp(reference: PackageReference, cause: unknown): RepositoryError {
  const message = `${redactUrl(reference.url)}: failed after ${ATTEMPTS} attempts: ${messageOf(cause)}`
  return new RepositoryError('PACKAGE_FETCH', message, { cause })
}
