import { type FileIdentity, formatChecked, readChecked } from '@apkts/cache'
import type { LayerBlob, PlacedSegment } from '@apkts/oci'

/** What is known of a layer that was written. */
export interface LayerRecord extends Omit<LayerBlob, 'content'> {
  readonly segments: readonly PlacedSegment[]
}

/** What is known of a cached blob. */
export interface CachedRecord extends LayerRecord {
  /** Of the blob's file when its digest was known. */
  readonly identity: FileIdentity
}

export function formatRecord({ segments, ...facts }: CachedRecord): string {
  return formatChecked({ ...facts, segments: segments.map(rowOf) })
}

/** Reads a record; undefined when it is absent or damaged. */
export async function readRecord(path: string): Promise<CachedRecord | undefined> {
  const found = (await readChecked(path)) as (Omit<CachedRecord, 'segments'> & { readonly segments: Row[] }) | undefined
  return found && { ...found, segments: found.segments.map(segmentOf) }
}

type Row = readonly [
  key: string,
  size: number,
  checksum: number,
  offset: number,
  length: number,
  encodedChecksum: number,
]

function rowOf({ key, size, checksum, offset, length, encodedChecksum }: PlacedSegment): Row {
  return [key, size, checksum, offset, length, encodedChecksum]
}

function segmentOf([key, size, checksum, offset, length, encodedChecksum]: Row): PlacedSegment {
  return { key, size, checksum, offset, length, encodedChecksum }
}
