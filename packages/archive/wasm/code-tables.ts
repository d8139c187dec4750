// Tables that decode the codes of a deflate block (RFC 1951, 3.2.2), for whom only sizes count.

export const LITERAL_ROOT: u32 = 11
export const DISTANCE_ROOT: u32 = 9
export const LENGTH_CODE_ROOT: u32 = 7
const MAX_BITS: u32 = 15

// Tables of the code: entries of 32 bits. Root entries come first, those of longer codes after them.
export const LITERALS: usize = memory.data((1 << 13) * 4, 8)
export const DISTANCES: usize = memory.data((1 << 12) * 4, 8)
export const LENGTH_CODES: usize = memory.data((1 << 7) * 4, 8)
export const LITERAL_VALUES: usize = memory.data(288 * 4, 8)
export const DISTANCE_VALUES: usize = memory.data(32 * 4, 8)
export const LENGTH_CODE_VALUES: usize = memory.data(19 * 4, 8)
const COUNTS: usize = memory.data(16 * 4, 8)
const NEXT: usize = memory.data(16 * 4, 8)

// An entry: bits of the code (5), extra bits (4), kind (2), value. 0 is no code.
export const EXTRA: u32 = 5
export const KIND: u32 = 3 << 9
export const LITERAL: u32 = 0
const VALUED: u32 = 1 << 9
export const END: u32 = 2 << 9
export const LONGER: u32 = 3 << 9
export const VALUE: u32 = 11

/** The table of a code from the lengths of its symbols (RFC 1951, 3.2.2). False for what is no prefix code. */
export function buildTable(table: usize, root: u32, lengths: usize, count: u32, values: usize): bool {
  const longest = countLengths(lengths, count)
  if (longest === u32.MAX_VALUE) return false
  memory.fill(table, 0, (1 << root) << 2)
  const longerBits = longest > root ? longest - root : 0
  let longer: u32 = 1 << root
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length: u32 = load<u8>(lengths + symbol)
    if (length === 0) continue
    const value = load<u32>(values + (symbol << 2))
    const code = reversed(nextCode(length), length)
    if (length <= root) {
      fillTable(table, code, 1 << length, 1 << root, value | length)
      continue
    }
    const prefix = table + ((code & ((1 << root) - 1)) << 2)
    if (load<u32>(prefix) === 0) {
      store<u32>(prefix, LONGER | root | (longerBits << EXTRA) | (longer << VALUE))
      memory.fill(table + (longer << 2), 0, (1 << longerBits) << 2)
      longer += 1 << longerBits
    }
    const own = load<u32>(prefix) >> VALUE
    fillTable(table + (own << 2), code >> root, 1 << (length - root), 1 << longerBits, value | (length - root))
  }
  return true
}

function fillTable(table: usize, from: u32, step: u32, end: u32, entry: u32): void {
  for (let i = from; i < end; i += step) store<u32>(table + (i << 2), entry)
}

/** Sets the first codes of all lengths. Returns the longest; the largest number for too many codes. */
function countLengths(lengths: usize, count: u32): u32 {
  memory.fill(COUNTS, 0, 64)
  for (let i: u32 = 0; i < count; i++) {
    const slot = COUNTS + (u32(load<u8>(lengths + i)) << 2)
    store<u32>(slot, load<u32>(slot) + 1)
  }
  store<u32>(COUNTS, 0)
  let code: u32 = 0
  let longest: u32 = 0
  for (let length: u32 = 1; length <= MAX_BITS; length++) {
    code = (code + load<u32>(COUNTS + ((length - 1) << 2))) << 1
    store<u32>(NEXT + (length << 2), code)
    const used = load<u32>(COUNTS + (length << 2))
    if (used > 0) longest = length
    if (code + used > (<u32>1) << length) return u32.MAX_VALUE
  }
  return longest
}

function nextCode(length: u32): u32 {
  const slot = NEXT + (length << 2)
  const code = load<u32>(slot)
  store<u32>(slot, code + 1)
  return code
}

function reversed(code: u32, length: u32): u32 {
  let result: u32 = 0
  for (let i: u32 = 0; i < length; i++) result |= ((code >> i) & 1) << (length - 1 - i)
  return result
}

/** Has entries of one short literal stand for the literal behind it, too: only their number counts. */
export function joinLiterals(): void {
  for (let i: u32 = (1 << LITERAL_ROOT) - 1; i > 0; i--) {
    const entry = load<u32>(LITERALS + (i << 2))
    const length = entry & 31
    if (entry >> EXTRA !== 1 << (VALUE - EXTRA)) continue
    const next = load<u32>(LITERALS + ((i >> length) << 2))
    const both = length + (next & 31)
    if (next >> EXTRA === 1 << (VALUE - EXTRA) && both <= LITERAL_ROOT) {
      store<u32>(LITERALS + (i << 2), (2 << VALUE) | both)
    }
  }
}

/** Lengths and distances, RFC 1951, 3.2.5. */
export function prepareValues(): void {
  for (let i: u32 = 0; i < 256; i++) store<u32>(LITERAL_VALUES + (i << 2), LITERAL | (1 << VALUE))
  store<u32>(LITERAL_VALUES + (256 << 2), END)
  for (let i: u32 = 286; i < 288; i++) store<u32>(LITERAL_VALUES + (i << 2), END | (1 << VALUE)) // of the fixed code, never used
  let length: u32 = 3
  for (let i: u32 = 0; i < 28; i++) {
    const extra = i < 8 ? 0 : (i - 4) >> 2
    store<u32>(LITERAL_VALUES + ((257 + i) << 2), VALUED | (extra << EXTRA) | (length << VALUE))
    length += 1 << extra
  }
  store<u32>(LITERAL_VALUES + (285 << 2), VALUED | (258 << VALUE))
  let distance: u32 = 1
  for (let i: u32 = 0; i < 30; i++) {
    const extra = i < 4 ? 0 : (i - 2) >> 1
    store<u32>(DISTANCE_VALUES + (i << 2), VALUED | (extra << EXTRA) | (distance << VALUE))
    distance += 1 << extra
  }
  for (let i: u32 = 0; i < 19; i++) store<u32>(LENGTH_CODE_VALUES + (i << 2), i << VALUE)
}
