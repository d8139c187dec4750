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
import { MATCH, MATCH_LENGTH_SHIFT } from './tokens.ts'

const FIXED = 1
const DYNAMIC = 2

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
      const symbol = this.#input.symbol(this.#literals!)
      if (symbol < 0) return undefined
      if (symbol < END_OF_BLOCK) return symbol
      if (symbol > END_OF_BLOCK) return this.#match(symbol - FIRST_LENGTH_SYMBOL)
      this.#literals = undefined
    }
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
