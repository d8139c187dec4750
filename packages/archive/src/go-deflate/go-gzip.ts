import { crc32 } from 'node:zlib'
import { concatBytes } from '@apkts/encoding'
import { gzipHeader, gzipTrailer } from '../gzip.ts'
import { deflateLikeEarlier } from './known-tokens.ts'
import { LazyMatcher } from './lazy-matcher.ts'

/** An earlier result of `goGzip`, with its input in the same portions. */
export interface EarlierGzip {
  readonly compressed: Uint8Array
  readonly writes: readonly Uint8Array[]
}

/**
 * One gzip member with exactly the bytes of Go's standard compress/gzip at its default level: what melange writes
 * signatures and indexes with.
 * @param input the plain bytes, or the portions in which the original would write them. The cut matters only beyond
 *   64 KiB, and there seldom.
 * @param earlier makes it faster when the longest portion begins with the same bytes as the one in its place then. The
 *   result is the same. It must be a result of this function: other compressors find other matches.
 */
export function goGzip(input: Uint8Array | readonly Uint8Array[], earlier?: EarlierGzip): Uint8Array {
  const writes = input instanceof Uint8Array ? [input] : input
  const bytes = writes.length === 1 ? writes[0]! : concatBytes(writes)
  const header = gzipHeader('standard')
  const known = earlier && { deflated: earlier.compressed.subarray(header.length), writes: earlier.writes }
  const deflated = (known && deflateLikeEarlier(bytes, writes, known)) ?? deflate(bytes, writes)
  return concatBytes([header, deflated, gzipTrailer(crc32(bytes), bytes.length)])
}

function deflate(bytes: Uint8Array, writes: readonly Uint8Array[]): Uint8Array {
  const matcher = new LazyMatcher(bytes)
  for (const write of writes) matcher.write(write.length)
  return matcher.finish()
}
