import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { ByteSink } from '@apkts/archive'
import type { Digest } from '@apkts/encoding'
import { type Layer, type LayerBlob, MEDIA_TYPE } from '../types.ts'
import type { LayerEntry } from './entry.ts'
import { type GzipSegmentsOptions, gzipSegments } from './gzip-segments.ts'
import { tarSegments } from './tar-segments.ts'

export type LayerOptions = GzipSegmentsOptions
export type LayerEntries = Iterable<LayerEntry> | AsyncIterable<LayerEntry>

/**
 * Writes a layer blob (gzip of a tar) to the sink in one pass over the contents, with bounded memory. The diff ID
 * depends on the entries alone; the blob's digest also on level and zlib.
 */
export async function writeLayer(entries: LayerEntries, sink: ByteSink, options: LayerOptions = {}): Promise<Layer> {
  const [tar, blob] = [countingHash(), countingHash()]
  await gzipSegments(
    observed(tarSegments(entries), tar),
    (chunk) => {
      blob.update(chunk)
      return sink(chunk)
    },
    options,
  )
  return {
    mediaType: MEDIA_TYPE.layer,
    size: blob.size,
    digest: blob.digest(),
    diffId: tar.digest(),
    uncompressedSize: tar.size,
  }
}

/** Writes a layer blob to a new file. The file is the caller's to remove, also after an error. */
export async function writeLayerFile(
  entries: LayerEntries,
  path: string,
  options?: LayerOptions,
): Promise<Layer & LayerBlob> {
  const file = await open(path, 'wx')
  try {
    const layer = await writeLayer(entries, (chunk) => file.writeFile(chunk), options)
    return { ...layer, content: { kind: 'file', path, offset: 0, size: layer.size } }
  } finally {
    await file.close()
  }
}

async function* observed(segments: AsyncIterable<Uint8Array>, hash: CountingHash): AsyncGenerator<Uint8Array> {
  for await (const segment of segments) {
    hash.update(segment)
    yield segment
  }
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
