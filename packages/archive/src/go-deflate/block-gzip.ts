import { crc32 } from 'node:zlib'
import { concatBytes } from '@apkts/encoding'
import { gzipHeader, gzipTrailer } from '../gzip.ts'
import { fastDeflate } from './fast-deflate.ts'

const DICTIONARY_SIZE = 16384
/** Input that pgzip compresses at a time (klauspost/pgzip 1.2.6): every so many bytes its output ends at a byte boundary. */
const PGZIP_BLOCK = 1 << 20

/** One block of the stream. Blocks can be deflated in any order and in other threads. */
export interface DeflateJob {
  /** The dictionary, directly followed by what is to be compressed; the job owns its buffer. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly dictionarySize: number
  readonly isLast: boolean
}

/** Where blocks are compressed, and how many at a time. */
export interface BlockGzipOptions {
  /** Where blocks are deflated. Default: `deflateBlock`, in this thread. */
  readonly deflate?: (job: DeflateJob) => Uint8Array | Promise<Uint8Array>
  /** How many blocks may be under way at once. Default 1. */
  readonly concurrency?: number
}

/** The DEFLATE bytes of one block, ending at a byte boundary or, for the last one, with the end of the stream. */
export function deflateBlock(job: DeflateJob): Uint8Array {
  return fastDeflate(job.bytes, {
    end: job.isLast ? 'flush and finish' : 'flush',
    dictionarySize: job.dictionarySize,
  })
}

/**
 * One gzip member with exactly the bytes of klauspost/pgzip at its default level and block size: what melange writes data
 * sections with. Yields header, blocks in order and trailer; how the input is cut into chunks does not matter. Holds as
 * many blocks of 1 MiB as `concurrency` says.
 */
export async function* melangeBlockGzip(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: BlockGzipOptions = {},
): AsyncGenerator<Uint8Array> {
  const { deflate = deflateBlock, concurrency = 1 } = options
  const cutter = new BlockCutter()
  const underWay: Promise<Uint8Array>[] = []
  yield gzipHeader('melange')
  for await (const chunk of chunks) {
    for (const job of cutter.push(chunk)) {
      underWay.push(startJob(deflate, job))
      if (underWay.length >= concurrency) yield await underWay.shift()!
    }
  }
  underWay.push(startJob(deflate, cutter.last()))
  for (const block of underWay) yield await block
  yield gzipTrailer(cutter.checksum, cutter.size)
}

/** The same for bytes in memory. */
export function melangeBlockGzipSync(bytes: Uint8Array): Uint8Array {
  const cutter = new BlockCutter()
  const blocks = [...cutter.push(bytes)].map(deflateBlock)
  const last = deflateBlock(cutter.last())
  return concatBytes([gzipHeader('melange'), ...blocks, last, gzipTrailer(cutter.checksum, cutter.size)])
}

/** A job that fails while an earlier block is waited for must not count as unhandled; it is reported in its turn. */
function startJob(deflate: NonNullable<BlockGzipOptions['deflate']>, job: DeflateJob): Promise<Uint8Array> {
  const result = Promise.resolve(job).then(deflate)
  result.catch(() => undefined)
  return result
}

/** Cuts a stream into full blocks and, always, a last one that may be empty. Each knows the end of the one before. */
class BlockCutter {
  checksum = 0
  size = 0
  #buffer = new Uint8Array(PGZIP_BLOCK)
  #dictionarySize = 0
  #filled = 0

  /** What no full block has taken; after all chunks are pushed. */
  last(): DeflateJob {
    return { bytes: this.#buffer.subarray(0, this.#filled), dictionarySize: this.#dictionarySize, isLast: true }
  }

  *push(chunk: Uint8Array): Generator<DeflateJob> {
    this.checksum = crc32(chunk, this.checksum)
    this.size += chunk.length
    for (let offset = 0; offset < chunk.length; ) {
      const part = chunk.subarray(offset, offset + this.#buffer.length - this.#filled)
      this.#buffer.set(part, this.#filled)
      this.#filled += part.length
      offset += part.length
      if (this.#filled === this.#buffer.length) yield this.#nextBlock()
    }
  }

  #nextBlock(): DeflateJob {
    const job = { bytes: this.#buffer, dictionarySize: this.#dictionarySize, isLast: false }
    this.#buffer = new Uint8Array(DICTIONARY_SIZE + PGZIP_BLOCK)
    this.#buffer.set(job.bytes.subarray(-DICTIONARY_SIZE))
    this.#dictionarySize = DICTIONARY_SIZE
    this.#filled = DICTIONARY_SIZE
    return job
  }
}
