import { readFile } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'
import type { LayerBlob, PlacedSegment } from '@apkts/oci'

/** What is known of a cached blob. */
export interface LayerRecord extends Omit<LayerBlob, 'content'> {
  readonly segments: readonly PlacedSegment[]
}

// The second line is the hash of the first: the diff ID in it cannot be checked without inflating the blob.
export function formatRecord({ segments, ...facts }: LayerRecord): string {
  const text = JSON.stringify({ ...facts, segments: segments.map(rowOf) })
  return `${text}\n${sha256Hex(text)}\n`
}

/** Reads a record; undefined when it is absent or damaged. */
export async function readRecord(path: string): Promise<LayerRecord | undefined> {
  try {
    const [text = '', hash] = (await readFile(path, 'utf8')).split('\n')
    if (sha256Hex(text) !== hash) return undefined
    const { segments, ...facts } = JSON.parse(text) as Omit<LayerRecord, 'segments'> & { readonly segments: Row[] }
    return { ...facts, segments: segments.map(segmentOf) }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

type Row = readonly [
  key: string,
  size: number,
  checksum: number,
  offset: number,
  length: number,
  deflatedChecksum: number,
]

function rowOf({ key, size, checksum, offset, length, deflatedChecksum }: PlacedSegment): Row {
  return [key, size, checksum, offset, length, deflatedChecksum]
}

function segmentOf([key, size, checksum, offset, length, deflatedChecksum]: Row): PlacedSegment {
  return { key, size, checksum, offset, length, deflatedChecksum }
}
