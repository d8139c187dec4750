import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { gzipHeader, gzipTrailer } from '@apkts/archive'
import { MEDIA_TYPE } from '../types.ts'
import { adoptBlocks } from './adopt.ts'
import { type Compression, takesPieces } from './compression.ts'
import type { Piece } from './pieces.ts'

/** A way to compress a tar run by run, so that what is made of equal runs is equal and can be used again. */
export interface LayerEncoder {
  readonly mediaType: string
  /** Stands before the segments. */
  readonly start: Uint8Array
  /** One run, compressed in libuv's pool. The input must not change meanwhile, and is not part of the result. */
  encode(run: Uint8Array): Promise<Uint8Array>
  /** Makes a segment of a piece of a package, given the bytes that hold it; only where it is as good as what `encode` makes. */
  adopt?(bytes: Uint8Array, piece: Piece): Uint8Array
  /** Stands behind the segments; from CRC-32 and length of the tar. */
  end(checksum: number, size: number): Uint8Array
}

export function layerEncoder(compression: Compression): LayerEncoder {
  switch (compression.kind) {
    case 'gzip':
      return gzipEncoder(compression.level)
    case 'zstd':
      return zstdEncoder(compression.level)
    case 'none':
      return PLAIN
  }
}

/** A run that does not get smaller fits, too. */
const OUTPUT_CHUNK = (1 << 20) + (1 << 16)
const NOTHING = new Uint8Array(0)
/** The largest tables: 9 % faster than the usual 8, and 0.4 % larger. */
export const MEMORY_LEVEL = 9
// A stream and a buffer for each run: where the buffer of a stream that is used again ends decides, once in 2,000 runs, bytes.
const deflateRaw = promisify(zlib.deflateRaw)

/** An empty final deflate block: it closes a stream of segments that each end with a sync flush (RFC 1951, 3.2.4). */
const FINAL_BLOCK = [0x03, 0x00]

/** One ordinary gzip member (RFC 1952). */
function gzipEncoder(level: number): LayerEncoder {
  const options = { level, memLevel: MEMORY_LEVEL, finishFlush: zlib.constants.Z_SYNC_FLUSH, chunkSize: OUTPUT_CHUNK }
  return {
    mediaType: MEDIA_TYPE.layer,
    start: gzipHeader(),
    encode: (run) => deflateRaw(run, options),
    ...(takesPieces({ kind: 'gzip', level }) ? { adopt: adoptBlocks } : {}),
    end: (checksum, size) => Uint8Array.of(...FINAL_BLOCK, ...gzipTrailer(checksum, size)),
  }
}

type ZstdCompress = (bytes: Uint8Array, options: { params: Record<number, number> }) => Promise<Uint8Array>

/** ZSTD_c_compressionLevel, ZSTD_c_checksumFlag of zstd.h. */
const [ZSTD_LEVEL, ZSTD_CHECKSUM] = [100, 201]

/** A frame for each run: frames that follow each other are one stream (RFC 8878, section 3). */
function zstdEncoder(level: number): LayerEncoder {
  const { zstdCompress } = zlib as unknown as Record<'zstdCompress', Parameters<typeof promisify>[0]>
  const compress = promisify(zstdCompress) as unknown as ZstdCompress
  const params = { [ZSTD_LEVEL]: level, [ZSTD_CHECKSUM]: 1 }
  return {
    mediaType: MEDIA_TYPE.zstdLayer,
    start: NOTHING,
    encode: (run) => compress(run, { params }),
    end: () => NOTHING,
  }
}

const PLAIN: LayerEncoder = {
  mediaType: MEDIA_TYPE.plainLayer,
  start: NOTHING,
  encode: async (run) => Uint8Array.from(run),
  end: () => NOTHING,
}
