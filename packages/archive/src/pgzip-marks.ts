import { gzipHeader } from './gzip.ts'

/** Input that pgzip compresses at a time (klauspost/pgzip 1.2.6): every so many bytes its output ends at a byte boundary. */
export const PGZIP_BLOCK = 1 << 20

const HEADER = gzipHeader('melange')

/** Whether bytes begin like the output of pgzip. */
export function startsLikePgzip(bytes: Uint8Array): boolean {
  return HEADER.every((byte, i) => bytes[i] === byte)
}

const MARK = Uint8Array.of(0, 0, 0xff, 0xff)
const OVERLAP = MARK.length - 1

/**
 * Where a deflate stream may have been flushed to a byte boundary: behind each empty stored block, `00 00 ff ff` (RFC 1951,
 * 3.2.4). Compressed data can hold these bytes by chance, so what lies between two marks has to be checked.
 */
export class FlushMarks {
  /** Offsets in the stream, ascending. */
  readonly found: number[] = []
  #position = 0
  /** The last bytes before: a mark may lie across two chunks. */
  #tail = Buffer.alloc(0)

  /** Takes the next bytes of the stream. */
  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    const seam = Buffer.concat([this.#tail, bytes.subarray(0, OVERLAP)])
    this.#search(seam, this.#position - this.#tail.length)
    this.#search(bytes, this.#position)
    this.#position += bytes.length
    this.#tail = Buffer.from(bytes.length < OVERLAP ? seam.subarray(-OVERLAP) : bytes.subarray(-OVERLAP))
  }

  #search(bytes: Buffer, offset: number): void {
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
      this.found.push(offset + at + MARK.length)
    }
  }
}
