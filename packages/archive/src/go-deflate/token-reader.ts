import { BitReader, type DecodeTable, decodeTable } from './bit-reader.ts'
import { FIXED_LENGTHS, readDynamicLengths } from './read-lengths.ts'
import {
  DISTANCE_BASE,
  DISTANCE_EXTRA_BITS,
  END_OF_BLOCK,
  FIRST_LENGTH_SYMBOL,
  LENGTH_BASE,
  LENGTH_EXTRA_BITS,
} from './symbols.ts'
import { MATCH, MATCH_LENGTH_SHIFT, tokenSize } from './tokens.ts'

const FIXED = 1
const DYNAMIC = 2
const END = -1

/** A block of a stream: the bits it stands in, and how many bytes it stands for. */
export interface TokenBlock {
  readonly from: number
  readonly to: number
  readonly size: number
}

/**
 * Reads the literals and matches of a DEFLATE stream (RFC 1951), without making the bytes they stand for. It is meant for
 * streams that inflate well: of another it tells only that there is no token.
 */
export class TokenReader {
  readonly #input: BitReader
  #literals: DecodeTable | undefined
  #distances: DecodeTable | undefined
  #isLast = false

  constructor(deflated: Uint8Array) {
    this.#input = new BitReader(deflated)
  }

  /** The next token, in the form `Tokens` has; undefined at the end, and at a block that stores bytes. */
  next(): number | undefined {
    for (;;) {
      if (this.#literals === undefined && !this.#openBlock()) return undefined
      const token = this.#token()
      if (token !== END) return token
      this.#literals = undefined
    }
  }

  /**
   * The next block, whole, when it has so many tokens for at most so many bytes and another one follows. Otherwise, and in
   * the middle of a block, undefined: then nothing is taken.
   */
  nextBlock(tokens: number, maxSize: number): TokenBlock | undefined {
    if (!this.#closeBlock()) return undefined
    const from = this.#input.position
    const size = this.#openBlock() && !this.#isLast ? this.#sizeOfBlock(tokens, maxSize) : undefined
    this.#literals = undefined
    if (size !== undefined) return { from, to: this.#input.position, size }
    this.#input.seek(from)
    this.#isLast = false
    return undefined
  }

  #sizeOfBlock(tokens: number, maxSize: number): number | undefined {
    let size = 0
    for (let count = 0; count <= tokens && size <= maxSize; count++) {
      const token = this.#token()
      if (token === END) return count === tokens ? size : undefined
      if (token === undefined) return undefined
      size += tokenSize(token)
    }
    return undefined
  }

  /** Takes the end of a block when that comes next; true where the next one begins. */
  #closeBlock(): boolean {
    if (this.#isLast || this.#literals === undefined) return !this.#isLast
    const before = this.#input.position
    if (this.#token() === END) this.#literals = undefined
    else this.#input.seek(before)
    return this.#literals === undefined
  }

  #token(): number | undefined {
    const symbol = this.#input.symbol(this.#literals!)
    if (symbol < 0) return undefined
    if (symbol < END_OF_BLOCK) return symbol
    return symbol > END_OF_BLOCK ? this.#match(symbol - FIRST_LENGTH_SYMBOL) : END
  }

  #openBlock(): boolean {
    if (this.#isLast) return false
    this.#isLast = this.#input.bits(1) === 1
    const kind = this.#input.bits(2)
    const lengths = kind === FIXED ? FIXED_LENGTHS : kind === DYNAMIC ? readDynamicLengths(this.#input) : undefined
    if (lengths === undefined) return false
    this.#literals = decodeTable(lengths.literals)
    this.#distances = decodeTable(lengths.distances)
    return true
  }

  #match(lengthSymbol: number): number | undefined {
    if (lengthSymbol >= LENGTH_BASE.length) return undefined
    const extra = LENGTH_BASE[lengthSymbol]! + this.#input.bits(LENGTH_EXTRA_BITS[lengthSymbol]!)
    const symbol = this.#input.symbol(this.#distances!)
    if (symbol < 0 || symbol >= DISTANCE_BASE.length) return undefined
    const offset = DISTANCE_BASE[symbol]! + this.#input.bits(DISTANCE_EXTRA_BITS[symbol]!)
    return MATCH | (extra << MATCH_LENGTH_SHIFT) | offset
  }
}
