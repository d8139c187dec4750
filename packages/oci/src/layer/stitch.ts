import { type ByteSink, combineCrc32, gzipHeader, gzipTrailer } from '@apkts/archive'
import type { Segment } from './segment.ts'

/** An empty final deflate block: it closes a stream of segments that each end with a sync flush (RFC 1951, 3.2.4). */
const FINAL_BLOCK = Uint8Array.of(0x03, 0x00)

export interface StitchOptions {
  /** Segments under way at the same time. */
  readonly parallelism: number
  readonly signal?: AbortSignal | undefined
  /** Gets each segment and where it lies, in order. */
  readonly onSegment?: (index: number, segment: Segment, offset: number) => void
}

/**
 * Stitches segments, in order, into one ordinary gzip member (RFC 1952), whose checksum comes from those of the segments.
 * A few segments are in memory at any time.
 */
export async function stitchSegments(
  segments: Iterable<Segment | Promise<Segment>>,
  sink: ByteSink,
  { parallelism, signal, onSegment }: StitchOptions,
): Promise<void> {
  const running: (Segment | Promise<Segment>)[] = []
  const header = gzipHeader()
  const written = { count: 0, checksum: 0, size: 0, offset: header.length }
  const write = async (segment: Segment): Promise<void> => {
    onSegment?.(written.count, segment, written.offset)
    await sink(segment.deflated)
    written.checksum = combineCrc32(written.checksum, segment.checksum, segment.size)
    written.size += segment.size
    written.offset += segment.deflated.length
    written.count++
  }
  await sink(header)
  try {
    for (const segment of segments) {
      signal?.throwIfAborted()
      if (segment instanceof Promise) segment.catch(() => {}) // thrown when its turn comes, not while an earlier one is awaited
      running.push(segment)
      if (running.length >= parallelism) await write(await running.shift()!)
    }
    while (running.length > 0) await write(await running.shift()!)
  } finally {
    await Promise.allSettled(running)
  }
  await sink(FINAL_BLOCK)
  await sink(gzipTrailer(written.checksum, written.size))
}
