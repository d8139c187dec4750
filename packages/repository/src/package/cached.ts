import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ApkError,
  type ApkSections,
  type DataEntry,
  DataScanner,
  expandApk,
  type SplitPackage,
  splitApk,
} from '@apkts/apk'
import { ArchiveError } from '@apkts/archive'
import { type FileIdentity, identifyFile, isSameFile, publishFile, temporaryName } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { fromHex, hex, sha1 } from '@apkts/encoding'
import { keepForLater } from '../cache-failure.ts'
import type { RepositoryContext } from '../context.ts'
import { readIfPresent } from '../index/etag-store.ts'
import { type ExpandedPackage, expandedPackage } from './expanded.ts'
import type { PackagePlace } from './place.ts'
import { entriesText, parseEntries } from './record-entries.ts'
import { type Expanded, type PackageRecord, readRecord, recordOf, writeRecord } from './record-file.ts'
import { FileWriter } from './store/file-writer.ts'

export interface ReadOptions {
  /** The cache can only be read: what is damaged is not repaired. */
  readonly readOnly?: boolean
}

/**
 * Reads a package from the cache. Nothing is taken on trust: the control section is hashed, the data section must be the
 * file that was verified when the package was recorded, or is verified again, or is made anew from the compressed one.
 * Undefined when the package is not there or cannot be repaired from what is there.
 */
export async function readCachedPackage(
  context: RepositoryContext,
  place: PackagePlace,
  checksum: string,
  { readOnly = false }: ReadOptions = {},
): Promise<ExpandedPackage | undefined> {
  const control = readControl(place, checksum)
  if (control === undefined) return undefined
  const recorded = recordFor(place, checksum)
  if (recorded !== undefined && isRecordedFile(place, recorded)) {
    return packageOf(place, recorded, parseEntries(recorded.text))
  }
  const cached = cachedSections(place, checksum, control)
  const repair = readOnly ? NO_REPAIR : { context }
  return cached && readUnrecorded(repair, cached, recorded)
}

/** Whether the cache has both sections of a package; only the control section is checked. */
export async function isPackageCached(place: PackagePlace, checksum: string): Promise<boolean> {
  const control = readControl(place, checksum)
  const { dataHash } = (control && cachedSections(place, checksum, control)) ?? {}
  if (dataHash === undefined) return false
  const found = [place.data(dataHash), place.compressedData(dataHash)].map(identifyFile)
  return found.some((identity) => identity !== undefined)
}

/** The control section with that SHA-1. */
function readControl(place: PackagePlace, checksum: string): Uint8Array | undefined {
  const bytes = readIfPresent(place.control(checksum))
  return bytes !== undefined && hex(sha1(bytes)) === checksum ? bytes : undefined
}

/** What is recorded of the package with that control section. */
function recordFor(place: PackagePlace, checksum: string): PackageRecord | undefined {
  const recorded = readRecord(place.record(checksum))
  return recorded !== undefined && hex(recorded.sections.control.digest) === checksum ? recorded : undefined
}

/** Whether the inflated data section is the file that was recorded. */
function isRecordedFile(place: PackagePlace, { sections, identity }: PackageRecord): boolean {
  const now = identifyFile(place.data(hex(sections.data.digest)))
  return now !== undefined && isSameFile(now, identity)
}

function packageOf(place: PackagePlace, record: PackageRecord, entries: readonly DataEntry[]): ExpandedPackage {
  const { sections, identity, installed } = record
  const path = place.data(hex(sections.data.digest))
  const dataFile = { path, identity, record: place.record(hex(sections.control.digest)) }
  return expandedPackage({ ...record, dataFile, installedLines: installed, entries })
}

/** A package in the cache whose data section may have to be read again. */
interface CachedSections {
  readonly place: PackagePlace
  readonly control: SplitPackage
  readonly dataHash: string
  readonly signature: Uint8Array | undefined
}

function cachedSections(place: PackagePlace, checksum: string, bytes: Uint8Array): CachedSections | undefined {
  const control = splitApk(bytes, place.control(checksum))
  const dataHash = control.pkgInfo.dataHash.toLowerCase()
  if (fromHex(dataHash)?.length !== 32) return undefined
  return { place, control, dataHash, signature: readIfPresent(place.signature(checksum)) }
}

/** What repairs need; without context there are none. */
interface Repair {
  readonly context?: RepositoryContext
}

const NO_REPAIR: Repair = {}

async function readUnrecorded(
  { context }: Repair,
  cached: CachedSections,
  recorded: PackageRecord | undefined,
): Promise<ExpandedPackage | undefined> {
  const identity = identifyFile(cached.place.data(cached.dataHash))
  if (identity !== undefined) {
    const known = recorded ?? (await recordAgain(cached, identity))
    const unchanged = known && (await reverify(context, cached, { ...known, identity }))
    if (unchanged !== undefined) return unchanged
  }
  return context === undefined ? undefined : rebuild(context, cached)
}

async function recordAgain(cached: CachedSections, identity: FileIdentity): Promise<PackageRecord | undefined> {
  const expanded = await inflateAgain(cached)
  return expanded && recordOf(expanded, identity)
}

/** The file was moved, touched, or made by somebody else: it is good if it has the entries it should, and their contents. */
async function reverify(
  context: RepositoryContext | undefined,
  { place, dataHash }: CachedSections,
  record: PackageRecord,
): Promise<ExpandedPackage | undefined> {
  const path = place.data(dataHash)
  const scanned = await scanData(path)
  if (scanned === undefined || entriesText(scanned) !== record.text) {
    context?.log.debug(`the cached file ${path} is damaged`)
    return undefined
  }
  if (context !== undefined) await keepRecord(context, place, record)
  return packageOf(place, record, scanned)
}

async function keepRecord(context: RepositoryContext, place: PackagePlace, record: PackageRecord): Promise<void> {
  const path = place.record(hex(record.sections.control.digest))
  await keepForLater(context, path, async () => writeRecord(path, record, await context.cache.temporaryDir()))
}

async function scanData(path: string): Promise<DataEntry[] | undefined> {
  const scanner = new DataScanner(path)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) scanner.write(chunk)
    return scanner.finish()
  } catch (error) {
    if (isDamage(error)) return undefined
    throw error
  }
}

const CHUNK = 1 << 18

/** Inflates the compressed data section again, if it is the one the control section states. */
async function rebuild(context: RepositoryContext, cached: CachedSections): Promise<ExpandedPackage | undefined> {
  const { place, dataHash } = cached
  const temporary = join(place.directory, temporaryName('.tmp-'))
  try {
    const expanded = await inflateAgain(cached, temporary)
    if (expanded === undefined) return undefined
    await publishFile(temporary, place.data(dataHash))
    const record = recordOf(expanded, identifyFile(place.data(dataHash))!)
    await keepRecord(context, place, record)
    return packageOf(place, record, expanded.entries)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Inflates the compressed data section, into a file if one is named; undefined when it is not the right one. */
async function inflateAgain(
  { place, control, dataHash, signature }: CachedSections,
  target?: string,
): Promise<Expanded | undefined> {
  const path = place.compressedData(dataHash)
  if (identifyFile(path) === undefined) return undefined
  const writer = target === undefined ? undefined : FileWriter.create(target)
  try {
    const expanded = await expandApk(controlThenData(control.control, path), {
      file: path,
      limits: { data: -1 },
      onData: (chunk) => writer?.write(chunk),
    })
    if (hex(expanded.sections.data.digest) !== dataHash) return undefined
    return { ...expanded, sections: behind(signature, expanded.sections) }
  } catch (error) {
    if (isDamage(error)) return undefined
    throw error
  } finally {
    await writer?.close()
  }
}

async function* controlThenData(control: Uint8Array, dataPath: string): AsyncGenerator<Uint8Array, void, void> {
  yield control
  yield* createReadStream(dataPath, { highWaterMark: CHUNK })
}

/** The sections of a package that has a signature in front of them. */
function behind(signature: Uint8Array | undefined, { control, data }: ApkSections): ApkSections {
  if (signature === undefined) return { control, data }
  const { length } = signature
  return {
    signature: { offset: 0, length, digest: sha1(signature) },
    control: { ...control, offset: control.offset + length },
    data: { ...data, offset: data.offset + length },
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof ApkError || error instanceof ArchiveError || isSystemError(error, 'ENOENT')
}
