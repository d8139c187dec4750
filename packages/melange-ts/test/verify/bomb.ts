import { constants, crc32, deflateRawSync } from 'node:zlib'
import { gzipHeader, gzipTrailer } from '@apkts/archive'
import { concatBytes } from '@apkts/encoding'

const PIECE = 1 << 26

/**
 * One gzip member of zeros, made without holding them: the same flushed piece of 64 MiB over and over. Its checksum is
 * that of one piece; whoever gets to the trailer has inflated everything.
 */
export function endlessMember(size: number): Uint8Array {
  const zeros = Buffer.alloc(PIECE)
  const piece = deflateRawSync(zeros, { level: 9, finishFlush: constants.Z_FULL_FLUSH })
  const end = deflateRawSync(new Uint8Array(0))
  const pieces = Array.from({ length: Math.ceil(size / PIECE) }, () => piece)
  return concatBytes([gzipHeader('standard'), ...pieces, end, gzipTrailer(crc32(zeros), size % 2 ** 32)])
}
