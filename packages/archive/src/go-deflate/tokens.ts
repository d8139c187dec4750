import {
  DISTANCE_EXTRA_BITS,
  DISTANCE_SYMBOLS,
  distanceSymbol,
  END_OF_BLOCK,
  FIRST_LENGTH_SYMBOL,
  LENGTH_EXTRA_BITS,
  LENGTH_SYMBOL,
  LITERAL_SYMBOLS,
  MAX_LENGTH,
  MIN_LENGTH,
} from './symbols.ts'

/** A token from here on is a match: length less `MIN_LENGTH` above 15 bits of distance less 1. Below it is a literal byte. */
export const MATCH = 1 << 23
export const MATCH_LENGTH_SHIFT = 15
export const MATCH_OFFSET_MASK = 0x7fff

/** Bytes that a match stands for. */
export function matchLength(token: number): number {
  return ((token ^ MATCH) >>> MATCH_LENGTH_SHIFT) + MIN_LENGTH
}

/** Bytes that a token stands for. */
export function tokenSize(token: number): number {
  return token < MATCH ? 1 : matchLength(token)
}

/** The literals and matches of one block with the frequencies of their symbols. Hot path: fixed arrays, reused for every block. */
export class Tokens {
  readonly items: Int32Array
  count = 0
  /** Frequencies of literals, end of block and lengths. */
  readonly literals = new Uint32Array(LITERAL_SYMBOLS)
  readonly distances = new Uint32Array(DISTANCE_SYMBOLS)

  constructor(capacity: number) {
    this.items = new Int32Array(capacity)
  }

  clear(): void {
    this.count = 0
    this.literals.fill(0)
    this.distances.fill(0)
  }

  addLiteral(byte: number): void {
    this.items[this.count++] = byte
    this.literals[byte]! += 1
  }

  addLiterals(bytes: Uint8Array, from: number, to: number): void {
    const { items, literals } = this
    let count = this.count
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!
      items[count++] = byte
      literals[byte]! += 1
    }
    this.count = count
  }

  /** A match of 3 … 258 bytes, 1 … 32768 back. */
  addMatch(length: number, distance: number): void {
    const extra = length - MIN_LENGTH
    const offset = distance - 1
    this.items[this.count++] = MATCH | (extra << MATCH_LENGTH_SHIFT) | offset
    this.literals[FIRST_LENGTH_SYMBOL + LENGTH_SYMBOL[extra]!]! += 1
    this.distances[distanceSymbol(offset)]! += 1
  }

  /** A match of any length, cut so that no rest is shorter than 3 bytes. */
  addLongMatch(length: number, distance: number): void {
    let rest = length
    while (rest > MAX_LENGTH) {
      const part = rest > MAX_LENGTH + MIN_LENGTH ? MAX_LENGTH : MAX_LENGTH - MIN_LENGTH
      this.addMatch(part, distance)
      rest -= part
    }
    if (rest > 0) this.addMatch(rest, distance)
  }

  /**
   * Counts what a table needs besides the tokens: one end of block, and at least one distance, because a table without
   * any cannot be described.
   */
  complete(): void {
    this.literals[END_OF_BLOCK] = 1
    if (this.distances.every((frequency) => frequency === 0)) this.distances[0] = 1
  }

  /** Bits that follow length and distance codes; the same for every table. */
  extraBits(): number {
    let bits = 0
    for (let symbol = 0; symbol < LENGTH_EXTRA_BITS.length; symbol++) {
      bits += this.literals[FIRST_LENGTH_SYMBOL + symbol]! * LENGTH_EXTRA_BITS[symbol]!
    }
    for (let symbol = 0; symbol < DISTANCE_SYMBOLS; symbol++) {
      bits += this.distances[symbol]! * DISTANCE_EXTRA_BITS[symbol]!
    }
    return bits
  }
}
