import { concatBytes } from '@apkts/encoding'
import { Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako'
import type { ByteSource } from './byte-source.ts'
import { ArchiveError, sizeLimitError } from './error.ts'

const GZIP_WINDOW_BITS = 31
const CHUNK = 1 << 16
/** What the compressed form may have beyond the inflated size: headers, and blocks that hold nothing. */
const OVERHEAD = 1 << 20

/** A member of a gzip stream, compressed and not. */
export interface StreamedGzipMember {
  readonly data: Uint8Array
  /** The member's bytes as they stood in the stream, header and trailer included. */
  readonly compressed: Uint8Array
}

/**
 * Inflates exactly one gzip member from a stream and leaves everything after it unread. Native zlib cannot say where a
 * member ends while it streams; pako can. `limit` in bytes of inflated data, -1 for none.
 * @throws ArchiveError `GZIP_NOT_GZIP`, `GZIP_INVALID`, `GZIP_TRUNCATED` or `SIZE_LIMIT`.
 */
export async function readGzipMember(source: ByteSource, limit: number): Promise<StreamedGzipMember> {
  await checkMagic(source)
  const inflater = new MemberInflater(limit)
  while (!inflater.ended) {
    const chunk = await source.some(CHUNK)
    if (chunk === undefined) throw new ArchiveError('GZIP_TRUNCATED', 'gzip data ends early')
    source.unread(chunk.subarray(inflater.push(chunk)))
  }
  return { data: concatBytes(inflater.output), compressed: concatBytes(inflater.input) }
}

async function checkMagic(source: ByteSource): Promise<void> {
  const magic = await source.upTo(2)
  if (magic.length < 2) throw new ArchiveError('GZIP_TRUNCATED', 'gzip data ends early')
  const found = [...magic].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  if (found !== '1f 8b')
    throw new ArchiveError('GZIP_NOT_GZIP', `not gzip data: expected the bytes 1f 8b, found ${found}`)
  source.unread(magic)
}

class MemberInflater {
  readonly input: Uint8Array[] = []
  readonly output: Uint8Array[] = []
  ended = false
  readonly #limit: number
  readonly #stream = new ZStream()
  #inputSize = 0
  #outputSize = 0

  constructor(limit: number) {
    this.#limit = limit
    zlibInflateInit2(this.#stream, GZIP_WINDOW_BITS)
  }

  /** Takes what belongs to the member and returns how many bytes that was. */
  push(chunk: Uint8Array): number {
    const stream = this.#stream
    stream.input = chunk
    stream.next_in = 0
    stream.avail_in = chunk.length
    do this.#step()
    while (!this.ended && (stream.avail_in > 0 || stream.avail_out === 0))
    this.input.push(chunk.subarray(0, stream.next_in))
    this.#inputSize += stream.next_in
    if (this.#limit >= 0 && this.#inputSize > this.#limit + OVERHEAD) throw sizeLimitError('gzip data', this.#limit)
    return stream.next_in
  }

  #step(): void {
    const stream = this.#stream
    stream.output = new Uint8Array(CHUNK)
    stream.next_out = 0
    stream.avail_out = CHUNK
    const status = zlibInflate(stream, Z_NO_FLUSH)
    if (status !== Z_OK && status !== Z_STREAM_END && status !== Z_BUF_ERROR) {
      throw new ArchiveError('GZIP_INVALID', `gzip data is damaged: ${stream.msg}`)
    }
    this.output.push(stream.output.subarray(0, stream.next_out))
    this.#outputSize += stream.next_out
    if (this.#limit >= 0 && this.#outputSize > this.#limit) throw sizeLimitError('gzip data', this.#limit)
    this.ended = status === Z_STREAM_END
  }
}
