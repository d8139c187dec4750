import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { dirname } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { hex, sha1 } from '@apkts/encoding'
import type { RepositoryContext } from '../context.ts'
import { RepositoryError } from '../error.ts'
import { readIfPresent } from '../index/etag-store.ts'
import { redactUrl } from '../urls.ts'
import type { ExpandedPackage } from './expanded.ts'
import { fetchAgain, fetchPackage } from './fetch.ts'
import { type PackagePlace, packagePlace } from './place.ts'
import { checksumHex, type PackageReference } from './reference.ts'

/** A package file as its repository has it. */
export interface PackageFile {
  readonly controlSha1: Uint8Array
  /** Bytes of the file. */
  readonly size: number
  /** Readable once. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/**
 * The package file a fetched package was expanded from: its sections, one after the other. Signature and compressed data
 * section, which nothing else reads once the package is recorded, are verified first, and fetched again when damaged.
 * @throws RepositoryError or ApkError naming the package.
 */
export async function openPackageFile(context: RepositoryContext, reference: PackageReference): Promise<PackageFile> {
  const checksum = checksumHex(reference)
  let fetched = await fetchPackage(context, reference)
  let place = await placeOf(context, reference, fetched)
  if (!(await isSound(place, checksum, fetched))) {
    context.log.debug(`a compressed section of ${reference.name} is damaged or gone, fetching it again`)
    fetched = await fetchAgain(context, reference)
    place = await placeOf(context, reference, fetched)
    if (!(await isSound(place, checksum, fetched))) throw unreadable(reference, place)
  }
  return { controlSha1: fetched.controlSha1, size: fetched.fileSize, bytes: sectionsOf(place, checksum, fetched) }
}

/** The place in that cache where the package was found. */
async function placeOf(
  { cache }: RepositoryContext,
  { url }: PackageReference,
  { dataFile }: ExpandedPackage,
): Promise<PackagePlace> {
  const place = packagePlace(await cache.path(), url)
  const readOnly = await cache.readOnlyPath()
  return readOnly === undefined || dirname(dataFile.path) === place.directory ? place : packagePlace(readOnly, url)
}

function dataPath(place: PackagePlace, { sections }: ExpandedPackage): string {
  return place.compressedData(hex(sections.data.digest))
}

async function isSound(place: PackagePlace, checksum: string, fetched: ExpandedPackage): Promise<boolean> {
  const { signature } = fetched.sections
  const bytes = signature && readIfPresent(place.signature(checksum))
  if (signature !== undefined && (bytes === undefined || hex(sha1(bytes)) !== hex(signature.digest))) return false
  return isDataSound(place, fetched)
}

async function isDataSound(place: PackagePlace, fetched: ExpandedPackage): Promise<boolean> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(dataPath(place, fetched), { highWaterMark: CHUNK })) hash.update(chunk)
  } catch (error) {
    if (isSystemError(error)) return false
    throw error
  }
  return hash.digest('hex') === hex(fetched.sections.data.digest)
}

const CHUNK = 1 << 18

async function* sectionsOf(
  place: PackagePlace,
  checksum: string,
  fetched: ExpandedPackage,
): AsyncGenerator<Uint8Array, void, void> {
  if (fetched.sections.signature !== undefined) yield await sectionAt(place.signature(checksum))
  yield await sectionAt(place.control(checksum))
  yield* createReadStream(dataPath(place, fetched), { highWaterMark: CHUNK })
}

async function sectionAt(path: string): Promise<Uint8Array> {
  const bytes = readIfPresent(path)
  if (bytes !== undefined) return bytes
  throw new RepositoryError('PACKAGE_FETCH', `${path} vanished while it was read`, {
    hint: 'Something else changes the cache directory.',
  })
}

function unreadable({ url }: PackageReference, { directory }: PackagePlace): RepositoryError {
  return new RepositoryError('PACKAGE_FETCH', `${redactUrl(url)} was stored, but cannot be read back`, {
    hint: `Something else changes the cache directory ${directory}.`,
  })
}
