// AssemblyScript; `npm run wasm` compiles it into ../src/deflate-blocks.ts.
// Walks through a deflate stream (RFC 1951) and tells where its blocks begin and end, without inflating it: bytes are
// counted, not made. Input comes in chunks; what is left of one is put before the next.

import {
  buildTable,
  DISTANCE_ROOT,
  DISTANCE_VALUES,
  DISTANCES,
  END,
  EXTRA,
  joinLiterals,
  KIND,
  LENGTH_CODE_ROOT,
  LENGTH_CODE_VALUES,
  LENGTH_CODES,
  LITERAL,
  LITERAL_ROOT,
  LITERAL_VALUES,
  LITERALS,
  LONGER,
  prepareValues,
  VALUE,
} from './code-tables'

/** Told of each block: where it begins and ends inflated, how far back it refers, and its bits in the stream. */
declare function block(start: f64, end: f64, reach: f64, firstBit: f64, endBit: f64, last: bool): void

/** More than the longest block header (RFC 1951, 3.2.7: 14 + 19 × 3 + 316 × 14 bits) and the longest symbol pair take. */
const MARGIN: u32 = 1024
const INPUT_SIZE: u32 = 1 << 20

const LENGTHS: usize = memory.data(512, 8)
const INPUT: usize = memory.data((1 << 20) + 64, 64)

const AT_HEADER: u32 = 0
const IN_CODES: u32 = 1
const IN_STORED: u32 = 2
const AT_END: u32 = 3

const DAMAGED: i32 = -1
const CUT_OFF: i32 = -2

let state: u32 = AT_HEADER
/** Bits of the stream before the input buffer. */
let base: u64 = 0
/** Next bit of the input buffer. */
let position: u32 = 0
let inflated: u64 = 0
let blockStart: u64 = 0
let firstBit: u64 = 0
let reach: u64 = 0
let isLast: bool = false
let storedLeft: u32 = 0
let prepared: bool = false

/** Where input goes. */
export function input(): usize {
  return INPUT
}

/** Bytes of input at most. */
export function capacity(): u32 {
  return INPUT_SIZE
}

/** Begins a stream. */
export function reset(): void {
  if (!prepared) prepareValues()
  prepared = true
  state = AT_HEADER
  base = 0
  position = 0
  inflated = 0
}

/**
 * Takes that many bytes of input, of which the first ones were left over before. Returns how many are done with, or a
 * negative number: -1 for what is no deflate stream, -2 for one that ends early.
 */
export function scan(length: u32, complete: bool): i32 {
  const end = length << 3
  const enough = complete ? end : length > MARGIN ? (length - MARGIN) << 3 : 0
  while (state !== AT_END) {
    if (!complete && position >= enough) break
    if (complete && position > end) return CUT_OFF
    if (state === AT_HEADER) {
      if (complete && position === end) return CUT_OFF
      if (!header()) return DAMAGED
    } else if (state === IN_STORED) {
      skipStored(end)
      if (storedLeft > 0) {
        if (complete) return CUT_OFF
        break
      }
      endBlock()
    } else {
      const ended = codes(enough)
      if (ended < 0) return DAMAGED
      if (ended > 0) endBlock()
      else if (complete) return CUT_OFF
    }
  }
  if (position > end) return complete ? CUT_OFF : DAMAGED
  const done = state === AT_END ? (position + 7) >> 3 : position >> 3
  base += u64(done) << 3
  position = state === AT_END ? 0 : position & 7
  return i32(done)
}

/** Whether the last block is over. */
export function ended(): bool {
  return state === AT_END
}

/** Bytes of what was inflated so far. */
export function size(): f64 {
  return f64(inflated)
}

function endBlock(): void {
  block(f64(blockStart), f64(inflated), f64(reach), f64(firstBit), f64(base + position), isLast)
  state = isLast ? AT_END : AT_HEADER
}

function window(at: u32): u64 {
  return load<u64>(INPUT + (at >> 3)) >> u64(at & 7)
}

function take(count: u32): u32 {
  const value = u32(window(position)) & ((1 << count) - 1)
  position += count
  return value
}

function header(): bool {
  blockStart = inflated
  reach = inflated
  firstBit = base + position
  isLast = take(1) === 1
  const type = take(2)
  if (type === 0) return storedHeader()
  if (type === 1) return fixedCodes()
  return type === 2 && dynamicCodes()
}

function storedHeader(): bool {
  position = (position + 7) & ~7
  const length = take(16)
  const complement = take(16)
  if ((length ^ complement) !== 0xffff) return false
  storedLeft = length
  inflated += length
  state = IN_STORED
  return true
}

function skipStored(end: u32): void {
  const here = position < end ? (end - position) >> 3 : 0
  const taken = min(here, storedLeft)
  storedLeft -= taken
  position += taken << 3
}

function fixedCodes(): bool {
  for (let i: u32 = 0; i < 288; i++) store<u8>(LENGTHS + i, i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)
  for (let i: u32 = 0; i < 30; i++) store<u8>(LENGTHS + 288 + i, 5)
  state = IN_CODES
  buildTable(LITERALS, LITERAL_ROOT, LENGTHS, 288, LITERAL_VALUES)
  buildTable(DISTANCES, DISTANCE_ROOT, LENGTHS + 288, 30, DISTANCE_VALUES)
  joinLiterals()
  return true
}

function dynamicCodes(): bool {
  const literals = take(5) + 257
  const distances = take(5) + 1
  const lengthCodes = take(4) + 4
  if (literals > 286 || distances > 30) return false
  memory.fill(LENGTHS, 0, 512)
  for (let i: u32 = 0; i < lengthCodes; i++) store<u8>(LENGTHS + lengthCodeOrder(i), take(3))
  if (!buildTable(LENGTH_CODES, LENGTH_CODE_ROOT, LENGTHS, 19, LENGTH_CODE_VALUES)) return false
  if (!readLengths(literals + distances)) return false
  if (load<u8>(LENGTHS + 256) === 0) return false
  if (!buildTable(LITERALS, LITERAL_ROOT, LENGTHS, literals, LITERAL_VALUES)) return false
  if (!buildTable(DISTANCES, DISTANCE_ROOT, LENGTHS + literals, distances, DISTANCE_VALUES)) return false
  joinLiterals()
  state = IN_CODES
  return true
}

function readLengths(total: u32): bool {
  memory.fill(LENGTHS, 0, 512)
  let i: u32 = 0
  while (i < total) {
    const entry = load<u32>(LENGTH_CODES + ((u32(window(position)) & 127) << 2))
    if (entry === 0) return false
    position += entry & 31
    const symbol = entry >> VALUE
    if (symbol < 16) {
      store<u8>(LENGTHS + i++, symbol)
      continue
    }
    if (symbol === 16 && i === 0) return false
    const value: u8 = symbol === 16 ? load<u8>(LENGTHS + i - 1) : 0
    const count = symbol === 16 ? take(2) + 3 : symbol === 17 ? take(3) + 3 : take(7) + 11
    if (i + count > total) return false
    memory.fill(LENGTHS + i, value, count)
    i += count
  }
  return true
}

/** RFC 1951, 3.2.7. */
const ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])

function lengthCodeOrder(index: u32): u32 {
  return load<u8>(ORDER + index)
}

/** Runs through codes up to that bit. 1 when the block ended, 0 when the input did, -1 for a code that is none. */
function codes(enough: u32): i32 {
  let at = position
  let out = inflated
  let back = reach
  let result = 0
  while (at < enough) {
    let bits = window(at)
    let entry = load<u32>(LITERALS + ((u32(bits) & ((1 << LITERAL_ROOT) - 1)) << 2))
    if ((entry & KIND) === LITERAL && entry !== 0) {
      // Literals mostly follow each other: two lookups for each window.
      at += entry & 31
      out += entry >> VALUE
      bits >>= entry & 31
      entry = load<u32>(LITERALS + ((u32(bits) & ((1 << LITERAL_ROOT) - 1)) << 2))
      if ((entry & KIND) === LITERAL && entry !== 0) {
        at += entry & 31
        out += entry >> VALUE
        continue
      }
      bits = window(at)
    }
    if ((entry & KIND) === LONGER) {
      bits >>= LITERAL_ROOT
      at += LITERAL_ROOT
      entry = load<u32>(LITERALS + (((entry >> VALUE) + (u32(bits) & ((1 << ((entry >> EXTRA) & 15)) - 1))) << 2))
    }
    const length = entry & 31
    at += length
    if ((entry & KIND) === LITERAL) {
      if (entry === 0) return -1
      out += entry >> VALUE
      continue
    }
    if ((entry & KIND) === END) {
      if (entry >> VALUE !== 0) return -1
      result = 1
      break
    }
    const extra = (entry >> EXTRA) & 15
    bits >>= length
    const matched = (entry >> VALUE) + (u32(bits) & ((1 << extra) - 1))
    bits >>= extra
    at += extra
    entry = load<u32>(DISTANCES + ((u32(bits) & ((1 << DISTANCE_ROOT) - 1)) << 2))
    if ((entry & KIND) === LONGER) {
      bits >>= DISTANCE_ROOT
      at += DISTANCE_ROOT
      entry = load<u32>(DISTANCES + (((entry >> VALUE) + (u32(bits) & ((1 << ((entry >> EXTRA) & 15)) - 1))) << 2))
    }
    if (entry === 0) return -1
    const distanceExtra = (entry >> EXTRA) & 15
    bits >>= entry & 31
    const distance = (entry >> VALUE) + (u32(bits) & ((1 << distanceExtra) - 1))
    at += (entry & 31) + distanceExtra
    if (distance > out) return -1
    back = min(back, out - distance)
    out += matched
  }
  position = at
  inflated = out
  reach = back
  return result
}
