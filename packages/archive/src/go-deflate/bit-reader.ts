import { canonicalCode, LENGTH_FIELD_BITS, LENGTH_FIELD_MASK } from './huffman.ts'

/** Symbols by the bits that come next: the symbol, shifted left by 4, with the length of its code below; 0 for no code. */
export interface DecodeTable {
  readonly entries: Uint16Array
  readonly mask: number
}

/** For the canonical code with these lengths. */
export function decodeTable(lengths: Uint8Array): DecodeTable {
  const longest = Math.max(1, ...lengths)
  const entries = new Uint16Array(1 << longest)
  for (const [symbol, entry] of canonicalCode(lengths).entries()) {
    const length = entry & LENGTH_FIELD_MASK
    if (length === 0) continue
    const value = (symbol << LENGTH_FIELD_BITS) | length
    for (let bits = entry >>> LENGTH_FIELD_BITS; bits < entries.length; bits += 1 << length) entries[bits] = value
  }
  return { entries, mask: entries.length - 1 }
}

/** Bytes that may be held without being taken: behind a stream there is a trailer. */
const READ_AHEAD = 4

/** Reads a DEFLATE stream bit by bit, from the least significant on. */
export class BitReader {
  readonly #bytes: Uint8Array
  #place = 0
  #hold = 0
  #held = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Of the next bit, counted from the beginning. */
  get position(): number {
    return this.#place * 8 - this.#held
  }

  /** Goes on at a position. */
  seek(position: number): void {
    this.#place = Math.floor(position / 8)
    this.#hold = this.#held = 0
    this.bits(position % 8)
  }

  /** Takes `count` ≤ 16 bits; zeros beyond the end. */
  bits(count: number): number {
    this.#fill()
    const value = this.#hold & ((1 << count) - 1)
    this.#hold >>>= count
    this.#held -= count
    return value
  }

  /** Takes the code of a symbol; -1 when the bits are none, or the end is passed. */
  symbol({ entries, mask }: DecodeTable): number {
    this.#fill()
    const entry = entries[this.#hold & mask]!
    if (entry === 0 || this.#place > this.#bytes.length + READ_AHEAD) return -1
    this.#hold >>>= entry & LENGTH_FIELD_MASK
    this.#held -= entry & LENGTH_FIELD_MASK
    return entry >>> LENGTH_FIELD_BITS
  }

  #fill(): void {
    while (this.#held <= 16) {
      this.#hold |= (this.#bytes[this.#place++] ?? 0) << this.#held
      this.#held += 8
    }
  }
}
