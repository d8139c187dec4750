import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { crc32 } from 'node:zlib'
import { writeFully } from '@apkts/archive'
import type { Descriptor, Layer, LayerBlob } from '../types.ts'
import { type Compression, DEFAULT_COMPRESSION, takesPieces } from './compression.ts'
import { ContentFiles } from './content-files.ts'
import { type LayerEncoder, layerEncoder } from './encoder.ts'
import type { LayerEntry } from './entry.ts'
import type { KeyedRuns } from './keyed-runs.ts'
import type { PieceSource } from './pieces.ts'
import { readRun } from './read-run.ts'
import { layerRuns, RUN_SIZE, type Run } from './runs.ts'
import type { LayerSink, PlacedSegment, Segment, SegmentSource } from './segment.ts'
import { stitchSegments } from './stitch.ts'
import { type TarHash, tarHash } from './tar-hash.ts'
import type { TarHasher } from './tar-hasher.ts'

/** How a layer is compressed and what of it may be used again. */
export interface LayerOptions {
  readonly compression?: Compression | undefined
  /** Segments under way at the same time; default: a few more than there are processors. */
  readonly parallelism?: number
  readonly signal?: AbortSignal | undefined
  /** Pieces of packages to take over. */
  readonly pieces?: PieceSource | undefined
  /** Segments to use again. */
  readonly reuse?: LayerReuse | undefined
  /** Gets what the blob is as soon as the sink has all of it: the diff ID may take a while longer. */
  readonly onStitched?: ((blob: Descriptor) => void) | undefined
}

/** What a layer is written with that was there before. */
export interface LayerReuse {
  /** Of the same entries. */
  readonly runs: KeyedRuns
  readonly segments: SegmentSource
  /** For layers of which most is there. */
  readonly hasher: TarHasher
  /** A hash of that hasher which was told of all runs already. */
  readonly told?: TarHash | undefined
}

/** A layer that was written, and the pieces of it. */
export interface WrittenLayer extends Layer {
  /** Those that can be used again. */
  readonly segments: readonly PlacedSegment[]
}

/**
 * Writes a layer blob (a compressed tar) to the sink in one pass over the contents, with bounded memory. The diff ID
 * depends on the entries alone; the blob's digest also on the compressor, and on nothing that was there before.
 */
export async function writeLayer(
  entries: Iterable<LayerEntry>,
  sink: LayerSink,
  options: LayerOptions = {},
): Promise<WrittenLayer> {
  return writeHashed(entries, hashFor(options), sink, options)
}

function hashFor(options: LayerOptions): TarHash {
  const { reuse } = options
  if (reuse !== undefined && reusable(options) >= reuse.hasher.from) return reuse.told ?? reuse.hasher.tar()
  reuse?.told?.forget()
  return tarHash()
}

/** Bytes of the runs that are at hand compressed. */
function reusable({ reuse, compression }: LayerOptions): number {
  let size = 0
  for (const { run, key } of reuse?.runs ?? []) {
    const piece = takesPieces(compression) ? run.piece?.size : undefined
    size += reuse!.segments.sizeOf(key) ?? piece ?? 0
  }
  return size
}

async function writeHashed(
  entries: Iterable<LayerEntry>,
  tar: TarHash,
  sink: LayerSink,
  options: LayerOptions,
): Promise<WrittenLayer> {
  const { parallelism = availableParallelism() + MORE, signal } = options
  const encoder = layerEncoder(options.compression ?? DEFAULT_COMPRESSION)
  const blob = createHash('sha256')
  let size = 0
  const keys: string[] = []
  const segments: PlacedSegment[] = []
  const hashed: LayerSink = (chunk, stored) => {
    size += chunk.length
    blob.update(chunk)
    return sink(chunk, stored)
  }
  const onSegment = (index: number, segment: Segment, offset: number): void => {
    const key = keys[index]
    if (key !== undefined) segments.push(placed(segment, key, offset))
  }
  const runs = compressedRuns(entries, { tar, encoder, keys }, options)
  await stitchSegments(runs, hashed, { encoder, parallelism, signal, onSegment })
  const descriptor: Descriptor = { mediaType: encoder.mediaType, size, digest: `sha256:${blob.digest('hex')}` }
  options.onStitched?.(descriptor)
  return { ...descriptor, diffId: await tar.digest(), uncompressedSize: tar.size, segments }
}

function placed({ encoded, size, checksum, encodedChecksum }: Segment, key: string, offset: number): PlacedSegment {
  return { key, size, checksum, offset, length: encoded.length, encodedChecksum: encodedChecksum ?? crc32(encoded) }
}

/** So that no processor waits while a segment is written that took longer than those behind it. */
const MORE = 4

/** Writes a layer blob to a new file. The file is the caller's to remove, also after an error. */
export async function writeLayerFile(
  entries: Iterable<LayerEntry>,
  path: string,
  options?: LayerOptions,
): Promise<WrittenLayer & LayerBlob> {
  const descriptor = openSync(path, 'wx')
  try {
    const layer = await writeLayer(entries, (chunk) => writeFully(descriptor, chunk), options)
    return { ...layer, content: { kind: 'file', path, offset: 0, size: layer.size } }
  } finally {
    closeSync(descriptor)
  }
}

interface RunsState {
  readonly tar: TarHash
  readonly encoder: LayerEncoder
  /** Gets the keys of the runs. */
  readonly keys: string[]
}

function* compressedRuns(
  entries: Iterable<LayerEntry>,
  { tar, encoder, keys }: RunsState,
  { reuse, pieces }: LayerOptions,
): Generator<Segment | Promise<Segment>, void, void> {
  const files = new ContentFiles()
  const buffers: Buffer[] = []
  const ahead = reuse?.runs.held === true && !tar.wantsBytes
  if (ahead && tar !== reuse.told) for (const { run } of reuse.runs) tar.add(run, undefined)
  try {
    for (const { run, key } of reuse?.runs ?? unkeyed(entries, encoder.adopt && pieces)) {
      if (key !== undefined) keys.push(key)
      const known = knownSegment(run, key, reuse?.segments) ?? adopted(run, encoder, files)
      const buffer =
        known === undefined || tar.wantsBytes ? (buffers.pop() ?? Buffer.allocUnsafeSlow(RUN_SIZE)) : undefined
      const bytes = buffer && readRun(run, files, buffer)
      const hashed = ahead ? undefined : tar.add(run, bytes)
      if (known === undefined) {
        yield bothDone(encodeRun(bytes!, encoder), hashed).finally(() => buffers.push(buffer!))
      } else {
        if (buffer !== undefined) buffers.push(buffer)
        yield hashed === undefined ? known : bothDone(known, hashed)
      }
    }
  } finally {
    files.close()
  }
}

function* unkeyed(
  entries: Iterable<LayerEntry>,
  pieces: PieceSource | undefined,
): Generator<{ readonly run: Run; readonly key: undefined }, void, void> {
  for (const run of layerRuns(entries, pieces)) yield { run, key: undefined }
}

function knownSegment(run: Run, key: string | undefined, segments: SegmentSource | undefined): Segment | undefined {
  const found = key === undefined ? undefined : segments?.find(key)
  return found?.size === run.size ? found : undefined
}

/** Neither is left alone with the bytes when the other fails. */
async function bothDone(segment: Segment | Promise<Segment>, hashed: Promise<void> | undefined): Promise<Segment> {
  const [encoded, hash] = await Promise.allSettled([segment, hashed])
  if (hash.status === 'rejected') throw hash.reason
  if (encoded.status === 'rejected') throw encoded.reason
  return encoded.value
}

/** A piece of a package as it is there. */
function adopted({ piece, size }: Run, encoder: LayerEncoder, files: ContentFiles): Segment | undefined {
  if (piece === undefined || encoder.adopt === undefined) return undefined
  const blocks = Buffer.allocUnsafe(piece.compressed.size)
  files.read(piece.compressed, 0, blocks)
  return { encoded: encoder.adopt(blocks, piece), size, checksum: piece.checksum }
}

async function encodeRun(bytes: Uint8Array, encoder: LayerEncoder): Promise<Segment> {
  return { encoded: await encoder.encode(bytes), size: bytes.length, checksum: crc32(bytes) }
}
