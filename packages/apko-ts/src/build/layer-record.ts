import { join } from 'node:path'
import { type FileIdentity, formatChecked, readChecked } from '@apkts/cache'
import type { BlobContent, LayerBlob, PlacedSegment } from '@apkts/oci'

/** What is known of a layer that was written. */
export interface LayerRecord extends Omit<LayerBlob, 'content'> {
  /** Those in the layer's own file, with their places there. */
  readonly segments: readonly PlacedSegment[]
}

/** What is known of a cached blob. */
export interface CachedRecord extends LayerRecord {
  /** Of the layer's file when the digest was known. */
  readonly identity: FileIdentity
  /** Absent for a layer whose file is the whole blob. */
  readonly patch?: Patch | undefined
}

/** A layer whose file has only what another one lacks. */
export interface Patch {
  /** The other layer's key. */
  readonly base: string
  /** Of its file. */
  readonly identity: FileIdentity
  /** What the blob consists of, in order. */
  readonly parts: readonly PatchPart[]
}

/** A stretch of the layer's own file, or of its base's. */
export type PatchPart = readonly [from: 'own' | 'base', offset: number, length: number]

/** Paths of what a cache directory has of a layer. */
export const recordPath = (directory: string, key: string): string => join(directory, `${key}.json`)
export const blobPath = (directory: string, key: string): string => join(directory, `${key}.tar.gz`)
export const patchPath = (directory: string, key: string): string => join(directory, `${key}.patch`)

/** Files of a layer and what they were when its digest was known; its own one first. */
export function filesOf(directory: string, key: string, { identity, patch }: CachedRecord): LayerFile[] {
  if (patch === undefined) return [{ path: blobPath(directory, key), identity }]
  const base = { path: blobPath(directory, patch.base), identity: patch.identity }
  return [{ path: patchPath(directory, key), identity }, base]
}

export interface LayerFile {
  readonly path: string
  readonly identity: FileIdentity
}

/** Where the bytes of a cached layer are. */
export function contentOf(
  directory: string,
  key: string,
  { size, patch }: LayerRecord & Pick<CachedRecord, 'patch'>,
): BlobContent {
  if (patch === undefined) return { kind: 'file', path: blobPath(directory, key), offset: 0, size }
  return joinedContent(patch.parts, { own: patchPath(directory, key), base: blobPath(directory, patch.base) })
}

/** The bytes of a blob that stand in several places. */
export function joinedContent(parts: readonly PatchPart[], paths: Readonly<Record<PatchPart[0], string>>): BlobContent {
  const places = parts.map(
    ([from, offset, length]) => ({ kind: 'file', path: paths[from], offset, size: length }) as const,
  )
  return { kind: 'joined', parts: places }
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
