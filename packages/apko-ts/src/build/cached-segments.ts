import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ArchiveError, type ContentRef } from '@apkts/archive'
import { isSystemError } from '@apkts/diagnostics'
import { ContentFiles, type PlacedSegment, type Segment, type SegmentSource } from '@apkts/oci'
import { readRecord } from './layer-record.ts'

interface Place {
  readonly path: string
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
  return {
    find(key) {
      const place = places.get(key)
      return place && readSegment(place, files)
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
    for (const segment of record?.segments ?? []) places.set(segment.key, { path, segment })
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
function readSegment({ path, segment }: Place, files: ContentFiles): Segment | undefined {
  const { size, checksum, offset, length, encodedChecksum } = segment
  const content: ContentRef = { kind: 'file', path, offset, size: length }
  const encoded = Buffer.allocUnsafeSlow(length)
  try {
    files.read(content, 0, encoded)
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof ArchiveError) return undefined
    throw error
  }
  return crc32(encoded) === encodedChecksum ? { encoded, size, checksum, encodedChecksum } : undefined
}
