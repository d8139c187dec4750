/**
 * Hashes into tables of 2^15 entries, of 4 and of 7 bytes. The second is the top of a 64-bit product, which JavaScript
 * has only as BigInt; it is put together from 32-bit multiplications here, because it is taken once per byte of input.
 */

export const HASH_BITS = 15

const SHIFT = 32 - HASH_BITS
const FACTOR_4 = 0x9e3779b1
const FACTOR_7_HIGH = 0x00cf1bbc
const FACTOR_7_LOW = 0xdcbfa563
const FACTOR_7_LOW_BYTES = [0x63, 0xa5, 0xbf, 0xdc] as const

/** Hash of four bytes, read as a little-endian word. */
export function hash4(word: number): number {
  return Math.imul(word, FACTOR_4) >>> SHIFT
}

/**
 * Hash of seven bytes: `low` is the word at the first of them, of which three bytes count, `high` the word three bytes
 * later. With h:l = high:(low << 8) and F = the factor, it is the top of (h·2^32 + l)·F mod 2^64.
 */
export function hash7(low: number, high: number): number {
  const l = low & 0xffffff
  // The high word of l·F's low half, by schoolbook multiplication with one byte of F at a time: 24 + 8 bits fit a word.
  let carry = Math.imul(l, FACTOR_7_LOW_BYTES[0]) >>> 8
  carry = (Math.imul(l, FACTOR_7_LOW_BYTES[1]) + carry) >>> 8
  carry = (Math.imul(l, FACTOR_7_LOW_BYTES[2]) + carry) >>> 8
  carry = Math.imul(l, FACTOR_7_LOW_BYTES[3]) + carry
  return (carry + Math.imul(l << 8, FACTOR_7_HIGH) + Math.imul(high, FACTOR_7_LOW)) >>> SHIFT
}
