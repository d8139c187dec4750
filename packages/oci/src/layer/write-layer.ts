import { open } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { crc32 } from 'node:zlib'
import { type ByteSink, contentSize } from '@apkts/archive'
import type { Layer, LayerBlob } from '../types.ts'
import { type Compression, compressorName, DEFAULT_COMPRESSION } from './compression.ts'
import { ContentFiles } from './content-files.ts'
import { type LayerEncoder, layerEncoder } from './encoder.ts'
import type { LayerEntry } from './entry.ts'
import { readRun } from './read-run.ts'
import { type Identify, runKey } from './run-key.ts'
import { layerRuns, RUN_SIZE } from './runs.ts'
import type { PlacedSegment, Segment, SegmentSource } from './segment.ts'
import { stitchSegments } from './stitch.ts'
import { type StreamHash, streamHash, threadedHash } from './stream-hash.ts'

/** How a layer is compressed and what of it may be used again. */
export interface LayerOptions {
  readonly compression?: Compression | undefined
  /** Segments compressed at the same time; default: one more than there are processors. */
  readonly parallelism?: number
  readonly signal?: AbortSignal | undefined
  /** Segments to use again, and how to know them. */
  readonly reuse?: { readonly segments: SegmentSource; readonly identify: Identify } | undefined
}

/** Gone through more than once. */
export type LayerEntries = Iterable<LayerEntry>

/** A layer that was written, and the pieces of it. */
export interface WrittenLayer extends Layer {
  /** Those that can be used again. */
  readonly segments: readonly PlacedSegment[]
}

/** From this many bytes of contents on the tar is hashed in a thread of its own. */
const THREADED_FROM = 64 << 20

/**
 * Writes a layer blob (a compressed tar) to the sink in one pass over the contents, with bounded memory. The diff ID
 * depends on the entries alone; the blob's digest also on the compressor, and on nothing that was there before.
 */
export async function writeLayer(
  entries: LayerEntries,
  sink: ByteSink,
  options: LayerOptions = {},
): Promise<WrittenLayer> {
  const tar = isLarge(entries) ? threadedHash() : streamHash()
  try {
    return await writeHashed(entries, tar, sink, options)
  } finally {
    await tar.close()
  }
}

function isLarge(entries: LayerEntries): boolean {
  let size = 0
  for (const { content } of entries) size += contentSize(content)
  return size >= THREADED_FROM
}

async function writeHashed(
  entries: LayerEntries,
  tar: StreamHash,
  sink: ByteSink,
  options: LayerOptions,
): Promise<WrittenLayer> {
  const { parallelism = availableParallelism() + 1, signal } = options
  const encoder = layerEncoder(options.compression ?? DEFAULT_COMPRESSION)
  const blob = streamHash()
  const keys: (string | undefined)[] = []
  const segments: PlacedSegment[] = []
  const hashed: ByteSink = (chunk) => {
    blob.update(chunk)
    return sink(chunk)
  }
  const onSegment = (index: number, { encoded, size, checksum }: Segment, offset: number): void => {
    const key = keys[index]
    if (key === undefined) return
    segments.push({ key, size, checksum, offset, length: encoded.length, encodedChecksum: crc32(encoded) })
  }
  const runs = compressedRuns(entries, { tar, keys, encoder }, options)
  await stitchSegments(runs, hashed, { encoder, parallelism, signal, onSegment })
  return {
    mediaType: encoder.mediaType,
    size: blob.size,
    digest: await blob.digest(),
    diffId: await tar.digest(),
    uncompressedSize: tar.size,
    segments,
  }
}

/** Writes a layer blob to a new file. The file is the caller's to remove, also after an error. */
export async function writeLayerFile(
  entries: LayerEntries,
  path: string,
  options?: LayerOptions,
): Promise<WrittenLayer & LayerBlob> {
  const file = await open(path, 'wx')
  try {
    const layer = await writeLayer(entries, (chunk) => file.writeFile(chunk), options)
    return { ...layer, content: { kind: 'file', path, offset: 0, size: layer.size } }
  } finally {
    await file.close()
  }
}

interface RunsState {
  readonly tar: StreamHash
  /** Gets the key of every run. */
  readonly keys: (string | undefined)[]
  readonly encoder: LayerEncoder
}

function* compressedRuns(
  entries: LayerEntries,
  { tar, keys, encoder }: RunsState,
  { compression, reuse }: LayerOptions,
): Generator<Segment | Promise<Segment>, void, void> {
  const files = new ContentFiles()
  const buffers: Buffer[] = []
  const compressor = compressorName(compression)
  try {
    for (const run of layerRuns(entries)) {
      const key = reuse && runKey(run, reuse.identify, compressor)
      keys.push(key)
      const buffer = buffers.pop() ?? tar.allocate(RUN_SIZE)
      const bytes = readRun(run, files, buffer)
      const hashed = tar.update(bytes)
      const found = key === undefined ? undefined : reuse?.segments.find(key)
      const known = found?.size === run.size ? found : undefined
      if (known !== undefined && hashed === undefined) {
        buffers.push(buffer)
        yield known
      } else {
        yield bothDone(known ?? encodeRun(bytes, encoder), hashed).finally(() => buffers.push(buffer))
      }
    }
  } finally {
    files.close()
  }
}

/** Neither is left alone with the bytes when the other fails. */
async function bothDone(segment: Segment | Promise<Segment>, hashed: Promise<void> | undefined): Promise<Segment> {
  const [encoded, hash] = await Promise.allSettled([segment, hashed])
  if (hash.status === 'rejected') throw hash.reason
  if (encoded.status === 'rejected') throw encoded.reason
  return encoded.value
}

async function encodeRun(bytes: Uint8Array, encoder: LayerEncoder): Promise<Segment> {
  const encoded = await encoder.encode(bytes)
  return { encoded, size: bytes.length, checksum: crc32(bytes) }
}
