import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ArchiveError, type ContentRef } from '@apkts/archive'
import { identifyFile, isSameFile } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { ContentFiles, type PlacedSegment, type Segment, type SegmentSource } from '@apkts/oci'
import { readRecord } from './layer-record.ts'

interface Place {
  readonly path: string
  /** Nobody has written to the file since the segment was written. */
  readonly untouched: boolean
  readonly segment: PlacedSegment
}

/** Segments of all layers in a cache directory; its owner closes it. */
export interface CachedSegments extends SegmentSource {
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
    close: () => files.close(),
  }
}

async function readPlaces(directory: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>()
  for (const name of await recordNames(directory)) {
    const record = await readRecord(join(directory, name))
    const path = join(directory, name.replace(/\.json$/, '.tar.gz'))
    if (record === undefined) continue
    const identity = identifyFile(path)
    const untouched = identity !== undefined && isSameFile(identity, record.identity)
    for (const segment of record.segments) places.set(segment.key, { path, untouched, segment })
  }
  return places
}

async function recordNames(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith('.json'))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
}

/** Undefined when the layer has gone meanwhile or is damaged there. */
function readSegment({ path, untouched, segment }: Place, files: ContentFiles, buffers: Buffer[]): Segment | undefined {
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
  const release = (): void => void buffers.push(buffer)
  return untouched || crc32(encoded) === encodedChecksum
    ? { encoded, size, checksum, encodedChecksum, release }
    : undefined
}

/** What most segments fit into. */
const BUFFER = 1 << 20

/** One of those given back: new memory for each segment would take longer than reading it. */
function bufferFor(length: number, buffers: Buffer[]): Buffer {
  const free = length <= BUFFER ? buffers.pop() : undefined
  return free ?? Buffer.allocUnsafeSlow(Math.max(length, BUFFER))
}
