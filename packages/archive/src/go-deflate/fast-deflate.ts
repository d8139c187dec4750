import { BitWriter } from './bit-writer.ts'
import { FastBlockWriter } from './fast-blocks.ts'
import { FastMatcher } from './fast-matcher.ts'
import { MAX_STORED } from './symbols.ts'
import { Tokens } from './tokens.ts'

const CHUNK_SIZE = MAX_STORED
/** A last chunk below this size is written without a search for matches. */
const MIN_SEARCHED = 128
/** And up to this size as it is. */
const MAX_ALWAYS_STORED = 32

/** A stream ends with a byte boundary that another may follow, with the end of the stream, or with both. */
export type StreamEnd = 'flush' | 'finish' | 'flush and finish'

export interface FastDeflateOptions {
  readonly end: StreamEnd
  /** How many bytes at the beginning are a preset dictionary: referred to, not compressed. Default 0. */
  readonly dictionarySize?: number
}

/** A raw DEFLATE stream with exactly the bytes of klauspost/compress at its default level (5). */
export function fastDeflate(bytes: Uint8Array, options: FastDeflateOptions): Uint8Array {
  const out = new BitWriter()
  const writer = new FastBlockWriter(out)
  const matcher = new FastMatcher(bytes)
  const tokens = new Tokens(CHUNK_SIZE)
  const { end, dictionarySize = 0 } = options
  if (dictionarySize > 0) {
    matcher.tokenize(tokens, 0, dictionarySize)
    tokens.clear()
  }
  for (let start = dictionarySize; start < bytes.length; start += CHUNK_SIZE) {
    const chunkEnd = Math.min(start + CHUNK_SIZE, bytes.length)
    const source = bytes.subarray(start, chunkEnd)
    const isLast = chunkEnd === bytes.length
    if (isLast && source.length < MIN_SEARCHED) {
      writeSmallChunk(writer, source)
    } else {
      matcher.tokenize(tokens, start, chunkEnd)
      writeChunk(writer, tokens, source, isLast)
      tokens.clear()
    }
  }
  if (end !== 'finish') writer.flush()
  if (end !== 'flush') writer.finish()
  return out.take()
}

function writeSmallChunk(writer: FastBlockWriter, source: Uint8Array): void {
  if (source.length <= MAX_ALWAYS_STORED) writer.writeStored(source)
  else writer.writeLiterals(source, true)
}

/** Tokens are worth their codes only if they are at least a sixteenth fewer than the bytes. */
function writeChunk(writer: FastBlockWriter, tokens: Tokens, source: Uint8Array, isLast: boolean): void {
  if (tokens.count === 0) writer.writeStored(source)
  else if (tokens.count > source.length - (source.length >> 4)) writer.writeLiterals(source, isLast)
  else writer.writeTokens(tokens, source, isLast)
}
