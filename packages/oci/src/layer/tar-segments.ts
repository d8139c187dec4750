import { contentSize, encodeTarHeader, TAR_END, tarPadding } from '@apkts/archive'
import { OciError } from '../error.ts'
import { ContentFiles } from './content-files.ts'
import type { LayerEntry } from './entry.ts'

/** What a segment holds at most: large enough to compress well, small enough to keep a few in memory. */
export const SEGMENT_SIZE = 1 << 20

/**
 * The tar of the entries, closed with two zero blocks, in pieces of `SEGMENT_SIZE` (the last one shorter). Contents are
 * read straight into the piece; each piece is the caller's to keep.
 */
export async function* tarSegments(
  entries: Iterable<LayerEntry> | AsyncIterable<LayerEntry>,
): AsyncGenerator<Uint8Array, void, void> {
  const files = new ContentFiles()
  const filler = new SegmentFiller()
  try {
    for await (const entry of entries) yield* tarMember(entry, files, filler)
    yield* filler.append(TAR_END)
    yield* filler.rest()
  } finally {
    files.close()
  }
}

function* tarMember(
  { header, content }: LayerEntry,
  files: ContentFiles,
  filler: SegmentFiller,
): Generator<Uint8Array> {
  const size = contentSize(content)
  if (size !== header.size) {
    throw new OciError('CONTENT_SIZE', `${header.path} is announced with ${header.size} bytes but has ${size}`)
  }
  yield* filler.append(encodeTarHeader(header))
  for (let done = 0; done < size; ) {
    const target = filler.space(size - done)
    files.read(content, done, target)
    done += target.length
    yield* filler.fill(target.length)
  }
  yield* filler.append(tarPadding(size))
}

/** Collects bytes until a segment is full. */
class SegmentFiller {
  #segment = Buffer.allocUnsafeSlow(SEGMENT_SIZE)
  #used = 0

  /** Up to `wanted` free bytes of the current segment, to be written to and then counted with `fill`. */
  space(wanted: number): Uint8Array {
    return this.#segment.subarray(this.#used, this.#used + wanted)
  }

  *fill(count: number): Generator<Uint8Array> {
    this.#used += count
    if (this.#used < SEGMENT_SIZE) return
    yield this.#segment
    this.#segment = Buffer.allocUnsafeSlow(SEGMENT_SIZE)
    this.#used = 0
  }

  *append(bytes: Uint8Array): Generator<Uint8Array> {
    for (let done = 0; done < bytes.length; ) {
      const target = this.space(bytes.length - done)
      target.set(bytes.subarray(done, done + target.length))
      done += target.length
      yield* this.fill(target.length)
    }
  }

  *rest(): Generator<Uint8Array> {
    if (this.#used > 0) yield this.#segment.subarray(0, this.#used)
    this.#used = 0
  }
}
