import { crc32 } from 'node:zlib'
import { concatBytes } from '@apkts/encoding'
import { gzipHeader, gzipTrailer } from '../gzip.ts'
import { LazyMatcher } from './lazy-matcher.ts'

/**
 * One gzip member with exactly the bytes of Go's standard compress/gzip at its default level: what melange writes
 * signatures and indexes with.
 * @param input the plain bytes, or the portions in which the original would write them. The cut matters only beyond
 *   64 KiB, and there seldom.
 */
export function goGzip(input: Uint8Array | readonly Uint8Array[]): Uint8Array {
  const writes = input instanceof Uint8Array ? [input] : input
  const bytes = writes.length === 1 ? writes[0]! : concatBytes(writes)
  const matcher = new LazyMatcher(bytes)
  for (const write of writes) matcher.write(write.length)
  return concatBytes([gzipHeader('standard'), matcher.finish(), gzipTrailer(crc32(bytes), bytes.length)])
}
