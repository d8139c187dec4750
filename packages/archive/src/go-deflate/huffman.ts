import { limitedCodeLengths } from './package-merge.ts'

/**
 * A prefix code, indexed by symbol. An entry is the code in the order its bits are written, shifted left by
 * `LENGTH_FIELD_BITS`, with its length below; 0 for symbols without a code.
 */
export type HuffmanCode = Uint32Array

export const LENGTH_FIELD_BITS = 4
export const LENGTH_FIELD_MASK = 15

const MAX_BITS = 15

/** The canonical code (RFC 1951, 3.2.2) of shortest output for these frequencies, no symbol longer than `maxBits`. */
export function huffmanCode(frequencies: ArrayLike<number>, maxBits: number = MAX_BITS): HuffmanCode {
  return canonicalCode(limitedCodeLengths(frequencies, maxBits))
}

/** The canonical code with these lengths (RFC 1951, 3.2.2). */
export function canonicalCode(lengths: Uint8Array): HuffmanCode {
  const next = firstCodes(lengths)
  const code = new Uint32Array(lengths.length)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!
    if (length === 0) continue
    code[symbol] = (reverseBits(next[length]!, length) << LENGTH_FIELD_BITS) | length
    next[length]! += 1
  }
  return code
}

/** Length in bits of a symbol's code; 0 when it has none. */
export function codeLength(code: HuffmanCode, symbol: number): number {
  return code[symbol]! & LENGTH_FIELD_MASK
}

/** Bits that symbols of these frequencies take, their extra bits not counted. */
export function codedBits(code: HuffmanCode, frequencies: ArrayLike<number>): number {
  let bits = 0
  for (let symbol = 0; symbol < code.length; symbol++)
    bits += frequencies[symbol]! * (code[symbol]! & LENGTH_FIELD_MASK)
  return bits
}

/** Whether every symbol that occurs has a code; `symbols` limits the look to the first ones. */
export function canEncode(code: HuffmanCode, frequencies: ArrayLike<number>, symbols: number = code.length): boolean {
  for (let symbol = 0; symbol < symbols; symbol++) {
    if (frequencies[symbol] !== 0 && code[symbol] === 0) return false
  }
  return true
}

function firstCodes(lengths: Uint8Array): Uint16Array {
  const count = new Uint16Array(MAX_BITS + 1)
  for (const length of lengths) count[length]! += 1
  count[0] = 0
  const first = new Uint16Array(MAX_BITS + 1)
  for (let bits = 1; bits <= MAX_BITS; bits++) first[bits] = (first[bits - 1]! + count[bits - 1]!) << 1
  return first
}

function reverseBits(value: number, count: number): number {
  let reversed = 0
  for (let bit = 0; bit < count; bit++) reversed |= ((value >> bit) & 1) << (count - 1 - bit)
  return reversed
}
