import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ApkError, type DataEntry, DataScanner, expandApk, type SplitPackage, splitApk } from '@apkts/apk'
import { ArchiveError } from '@apkts/archive'
import { type FileIdentity, identifyFile, isSameFile, publishFile, temporaryName } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { fromHex, hex, sha1 } from '@apkts/encoding'
import { keepForLater } from '../cache-failure.ts'
import type { RepositoryContext } from '../context.ts'
import { readIfPresent } from '../index/etag-store.ts'
import { type EntriesFile, formatEntries, parseEntries, readEntriesFile, writeEntriesFile } from './entries-file.ts'
import { type ExpandedPackage, expandedPackage } from './expanded.ts'
import { FileWriter } from './file-writer.ts'
import type { PackagePlace } from './place.ts'

export interface ReadOptions {
  /** The cache can only be read: what is damaged is not repaired. */
  readonly readOnly?: boolean
}

/**
 * Reads a package from the cache. Nothing is taken on trust: the control section is hashed, the data section must be the
 * file that was verified when its entries were recorded, or is verified again, or is made anew from the compressed one.
 * Undefined when the package is not there or cannot be repaired from what is there.
 */
export async function readCachedPackage(
  context: RepositoryContext,
  place: PackagePlace,
  checksum: string,
  { readOnly = false }: ReadOptions = {},
): Promise<ExpandedPackage | undefined> {
  const control = readControl(place, checksum)
  const dataHash = control?.pkgInfo.dataHash.toLowerCase() ?? ''
  if (control === undefined || fromHex(dataHash)?.length !== 32) return undefined
  const repair = readOnly ? NO_REPAIR : { context }
  const data = await readData(repair, place, control, dataHash)
  if (data === undefined) return undefined
  return assemble(place, { control, dataHash, data, signature: readIfPresent(place.signature(checksum)) })
}

/** Whether the cache has both sections of a package; only the control section is checked. */
export async function isPackageCached(place: PackagePlace, checksum: string): Promise<boolean> {
  const control = readControl(place, checksum)
  const dataHash = control?.pkgInfo.dataHash.toLowerCase() ?? ''
  if (fromHex(dataHash)?.length !== 32) return false
  const found = [place.data(dataHash), place.compressedData(dataHash)].map(identifyFile)
  return found.some((identity) => identity !== undefined)
}

function readControl(place: PackagePlace, checksum: string): SplitPackage | undefined {
  const path = place.control(checksum)
  const bytes = readIfPresent(path)
  if (bytes === undefined || hex(sha1(bytes)) !== checksum) return undefined
  return splitApk(bytes, path)
}

/** What repairs need; without context there are none. */
interface Repair {
  readonly context?: RepositoryContext
}

const NO_REPAIR: Repair = {}

interface CachedData {
  readonly identity: FileIdentity
  readonly entries: readonly DataEntry[]
  readonly installed: string
  readonly compressedSize: number
}

async function readData(
  { context }: Repair,
  place: PackagePlace,
  control: SplitPackage,
  dataHash: string,
): Promise<CachedData | undefined> {
  const path = place.data(dataHash)
  const identity = identifyFile(path)
  const recorded = readEntriesFile(place.entries(dataHash))
  if (identity !== undefined && recorded !== undefined && isSameFile(identity, recorded.identity)) {
    return { ...recorded, entries: parseEntries(recorded.text) }
  }
  if (identity !== undefined) {
    const known = recorded ?? (await inflateAgain(place, control, dataHash))
    const unchanged = known && (await reverify(context, place, dataHash, { ...known, identity }))
    if (unchanged !== undefined) return unchanged
  }
  return context === undefined ? undefined : rebuild(context, place, control, dataHash)
}

/** The file was moved, touched, or made by somebody else: it is good if it has the entries it should, and their contents. */
async function reverify(
  context: RepositoryContext | undefined,
  place: PackagePlace,
  dataHash: string,
  file: EntriesFile,
): Promise<CachedData | undefined> {
  const path = place.data(dataHash)
  const scanned = await scanData(path)
  if (scanned === undefined || formatEntries(scanned).text !== file.text) {
    context?.log.debug(`the cached file ${path} is damaged`)
    return undefined
  }
  if (context !== undefined) await keepEntries(context, place.entries(dataHash), file)
  return { ...file, entries: scanned }
}

async function keepEntries(context: RepositoryContext, path: string, file: EntriesFile): Promise<void> {
  await keepForLater(context, path, async () => writeEntriesFile(path, file, await context.cache.temporaryDir()))
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
async function rebuild(
  context: RepositoryContext,
  place: PackagePlace,
  control: SplitPackage,
  dataHash: string,
): Promise<CachedData | undefined> {
  const temporary = join(place.directory, temporaryName('.tmp-'))
  try {
    const inflated = await inflateAgain(place, control, dataHash, temporary)
    if (inflated === undefined) return undefined
    await publishFile(temporary, place.data(dataHash))
    const identity = identifyFile(place.data(dataHash))!
    await keepEntries(context, place.entries(dataHash), { ...inflated, identity })
    return { ...inflated, identity, entries: parseEntries(inflated.text) }
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Inflates the compressed data section, into a file if one is named; undefined when it is not the right one. */
async function inflateAgain(
  place: PackagePlace,
  control: SplitPackage,
  dataHash: string,
  target?: string,
): Promise<Omit<EntriesFile, 'identity'> | undefined> {
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
    return { ...formatEntries(expanded.entries), compressedSize: expanded.sections.data.length }
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

function isDamage(error: unknown): boolean {
  return error instanceof ApkError || error instanceof ArchiveError || isSystemError(error, 'ENOENT')
}

interface Parts {
  readonly control: SplitPackage
  readonly dataHash: string
  readonly data: CachedData
  readonly signature: Uint8Array | undefined
}

function assemble(place: PackagePlace, { control, dataHash, data, signature }: Parts): ExpandedPackage {
  const controlRange = { ...control.sections.control, offset: signature?.length ?? 0 }
  const dataOffset = controlRange.offset + controlRange.length
  return expandedPackage({
    ...control,
    sections: {
      ...(signature === undefined
        ? {}
        : { signature: { offset: 0, length: signature.length, digest: sha1(signature) } }),
      control: controlRange,
      data: { offset: dataOffset, length: data.compressedSize, digest: fromHex(dataHash)! },
    },
    dataFile: { path: place.data(dataHash), identity: data.identity, record: place.entries(dataHash) },
    installedLines: data.installed,
    entries: data.entries,
  })
}
