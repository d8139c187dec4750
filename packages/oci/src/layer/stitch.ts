import { combineCrc32 } from '@apkts/archive'
import type { LayerEncoder } from './encoder.ts'
import type { LayerSink, Segment } from './segment.ts'

export interface StitchOptions {
  readonly encoder: LayerEncoder
  /** Segments under way at the same time. */
  readonly parallelism: number
  readonly signal?: AbortSignal | undefined
  /** Gets each segment and where it lies, in order. */
  readonly onSegment?: (index: number, segment: Segment, offset: number) => void
}

/**
 * Stitches segments, in order, into one compressed stream, whose checksum comes from those of the segments.
 * A few segments are in memory at any time.
 */
export async function stitchSegments(
  segments: Iterable<Segment | Promise<Segment>>,
  sink: LayerSink,
  { encoder, parallelism, signal, onSegment }: StitchOptions,
): Promise<void> {
  const running: (Segment | Promise<Segment>)[] = []
  const written = { count: 0, checksum: 0, size: 0, offset: encoder.start.length }
  const write = async (segment: Segment): Promise<void> => {
    onSegment?.(written.count, segment, written.offset)
    await sink(segment.encoded, segment.stored)
    written.checksum = combineCrc32(written.checksum, segment.checksum, segment.size)
    written.size += segment.size
    written.offset += segment.encoded.length
    written.count++
    segment.release?.()
  }
  await sink(encoder.start)
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
  await sink(encoder.end(written.checksum, written.size))
}
