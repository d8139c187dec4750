import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { crc32 } from 'node:zlib'
import type { ByteSink } from '@apkts/archive'
import type { Digest } from '@apkts/encoding'
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

export interface LayerOptions {
  readonly compression?: Compression | undefined
  /** Segments compressed at the same time; default: one more than there are processors. */
  readonly parallelism?: number
  readonly signal?: AbortSignal | undefined
  /** Segments to use again, and how to know them. */
  readonly reuse?: { readonly segments: SegmentSource; readonly identify: Identify } | undefined
}

export type LayerEntries = Iterable<LayerEntry>

export interface WrittenLayer extends Layer {
  /** Those that can be used again. */
  readonly segments: readonly PlacedSegment[]
}

/**
 * Writes a layer blob (a compressed tar) to the sink in one pass over the contents, with bounded memory. The diff ID
 * depends on the entries alone; the blob's digest also on the compressor, and on nothing that was there before.
 */
export async function writeLayer(
  entries: LayerEntries,
  sink: ByteSink,
  options: LayerOptions = {},
): Promise<WrittenLayer> {
  const { parallelism = availableParallelism() + 1, signal } = options
  const encoder = layerEncoder(options.compression ?? DEFAULT_COMPRESSION)
  const [tar, blob] = [countingHash(), countingHash()]
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
    digest: blob.digest(),
    diffId: tar.digest(),
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
  readonly tar: CountingHash
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
      const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(RUN_SIZE)
      const bytes = readRun(run, files, buffer)
      tar.update(bytes)
      const known = key === undefined ? undefined : reuse?.segments.find(key)
      if (known?.size === run.size) {
        buffers.push(buffer)
        yield known
      } else {
        yield encodeRun(bytes, encoder).finally(() => buffers.push(buffer))
      }
    }
  } finally {
    files.close()
  }
}

async function encodeRun(bytes: Uint8Array, encoder: LayerEncoder): Promise<Segment> {
  const encoded = await encoder.encode(bytes)
  return { encoded, size: bytes.length, checksum: crc32(bytes) }
}

interface CountingHash {
  readonly size: number
  update(chunk: Uint8Array): void
  digest(): Digest
}

function countingHash(): CountingHash {
  const hash: Hash = createHash('sha256')
  let size = 0
  return {
    get size() {
      return size
    },
    update(chunk) {
      size += chunk.length
      hash.update(chunk)
    },
    digest: () => `sha256:${hash.digest('hex')}`,
  }
}
