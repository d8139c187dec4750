import { crc32 } from 'node:zlib'
import { concatBytes } from '@apkts/encoding'
import { gzipHeader, gzipTrailer } from '../gzip.ts'
import { fastDeflate } from './fast-deflate.ts'

/**
 * One gzip member with exactly the bytes of klauspost/compress gzip at its default level: what melange writes control
 * sections and provenance archives with. The original's result does not depend on how its input is cut into writes.
 */
export function melangeGzip(bytes: Uint8Array): Uint8Array {
  const deflated = fastDeflate(bytes, { end: 'finish' })
  return concatBytes([gzipHeader('melange'), deflated, gzipTrailer(crc32(bytes), bytes.length)])
}
