import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ArchiveError, type ContentRef } from '@apkts/archive'
import { type FileIdentity, identifyFile, isSameFile } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { ContentFiles, type KeyedRun, type PlacedSegment, type Segment, type SegmentSource } from '@apkts/oci'
import { filesOf, readRecord } from './layer-record.ts'

interface Place {
  readonly file: CachedFile
  readonly segment: PlacedSegment
}

interface CachedFile extends BaseBlob {
  readonly whole: boolean
  /** Nobody has written to the file since its segments were written. */
  readonly untouched: boolean
}

/** A whole blob of the cache. */
export interface BaseBlob {
  /** Of the layer. */
  readonly key: string
  readonly path: string
  /** Of the file when its segments were written, and since. */
  readonly identity: FileIdentity
}

/** Segments of all layers in a cache directory; its owner closes it. */
export interface CachedSegments extends SegmentSource {
  /** The blob that has nearly all of the runs; undefined where there is none. */
  baseOf(runs: Iterable<KeyedRun>): BaseBlob | undefined
  close(): void
}

/** Reads which segments the layers of a cache directory consist of. */
export async function openCachedSegments(directory: string): Promise<CachedSegments> {
  const places = await readPlaces(directory)
  const files = new ContentFiles()
  const buffers: Buffer[] = []
  return {
    find(key) {
      const place = places.get(key)
      return place && readSegment(place, files, buffers)
    },
    sizeOf: (key) => places.get(key)?.segment.size,
    baseOf: (runs) => findBase(runs, places),
    close: () => files.close(),
  }
}

async function readPlaces(directory: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>()
  for (const key of await recordedKeys(directory)) {
    const record = await readRecord(join(directory, `${key}.json`))
    if (record === undefined) continue
    const { path, identity } = filesOf(directory, key, record)[0]!
    const found = identifyFile(path)
    const untouched = found !== undefined && isSameFile(found, identity)
    const file = { key, path, identity, whole: record.patch === undefined, untouched }
    for (const segment of record.segments) places.set(segment.key, { file, segment })
  }
  return places
}

async function recordedKeys(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory)
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
}

/** A part of the bytes that a base has to have; with less, a blob of its own is worth its room. */
const BASE_SHARE = 0.9

function findBase(runs: Iterable<KeyedRun>, places: ReadonlyMap<string, Place>): BaseBlob | undefined {
  const shares = new Map<CachedFile, number>()
  let total = 0
  for (const { run, key } of runs) {
    total += run.size
    const file = places.get(key)?.file
    if (file?.whole && file.untouched) shares.set(file, (shares.get(file) ?? 0) + run.size)
  }
  return [...shares].find(([, share]) => share > total * BASE_SHARE)?.[0]
}

/** Undefined when the layer has gone meanwhile or is damaged there. */
function readSegment({ file, segment }: Place, files: ContentFiles, buffers: Buffer[]): Segment | undefined {
  const { path, untouched } = file
  const { size, checksum, offset, length, encodedChecksum } = segment
  const content: ContentRef = { kind: 'file', path, offset, size: length }
  const buffer = bufferFor(length, buffers)
  const encoded = buffer.subarray(0, length)
  try {
    files.read(content, 0, encoded)
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof ArchiveError) return undefined
    throw error
  }
  if (!untouched && crc32(encoded) !== encodedChecksum) return undefined
  const release = (): void => void buffers.push(buffer)
  return { encoded, size, checksum, encodedChecksum, release, stored: { path, offset } }
}

/** What most segments fit into. */
const BUFFER = 1 << 20

/** One of those given back: new memory for each segment would take longer than reading it. */
function bufferFor(length: number, buffers: Buffer[]): Buffer {
  const free = length <= BUFFER ? buffers.pop() : undefined
  return free ?? Buffer.allocUnsafeSlow(Math.max(length, BUFFER))
}
