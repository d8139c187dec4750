import type { BitWriter } from './bit-writer.ts'
import { type HuffmanCode, LENGTH_FIELD_BITS, LENGTH_FIELD_MASK } from './huffman.ts'
import {
  DISTANCE_BASE,
  DISTANCE_EXTRA_BITS,
  distanceSymbol,
  FIRST_LENGTH_SYMBOL,
  LENGTH_BASE,
  LENGTH_EXTRA_BITS,
  LENGTH_SYMBOL,
} from './symbols.ts'
import type { CodeTable } from './table.ts'
import { MATCH, MATCH_LENGTH_SHIFT, MATCH_OFFSET_MASK, type Tokens } from './tokens.ts'

const MAX_MATCH_BYTES = 6

/** Writes the tokens of a block with a table that has codes for all of them; no end of block. */
export function writeTokens(out: BitWriter, tokens: Tokens, table: CodeTable): void {
  out.reserve(tokens.count * MAX_MATCH_BYTES)
  const { items, count } = tokens
  const { literals } = table
  for (let index = 0; index < count; index++) {
    const token = items[index]!
    if (token < MATCH) writeSymbol(out, literals, token)
    else writeMatch(out, table, token)
  }
}

/** Writes bytes as literals only; no end of block. */
export function writeLiterals(out: BitWriter, bytes: Uint8Array, literals: HuffmanCode): void {
  out.reserve(bytes.length * 2)
  for (let index = 0; index < bytes.length; index++) writeSymbol(out, literals, bytes[index]!)
}

/** Writes one symbol; room must be reserved. */
export function writeSymbol(out: BitWriter, code: HuffmanCode, symbol: number): void {
  const entry = code[symbol]!
  writeReserved(out, entry >>> LENGTH_FIELD_BITS, entry & LENGTH_FIELD_MASK)
}

function writeMatch(out: BitWriter, table: CodeTable, token: number): void {
  const extra = (token ^ MATCH) >>> MATCH_LENGTH_SHIFT
  const lengthSymbol = LENGTH_SYMBOL[extra]!
  writeSymbol(out, table.literals, FIRST_LENGTH_SYMBOL + lengthSymbol)
  writeReserved(out, extra - LENGTH_BASE[lengthSymbol]!, LENGTH_EXTRA_BITS[lengthSymbol]!)
  const offset = token & MATCH_OFFSET_MASK
  const symbol = distanceSymbol(offset)
  writeSymbol(out, table.distances, symbol)
  writeReserved(out, offset - DISTANCE_BASE[symbol]!, DISTANCE_EXTRA_BITS[symbol]!)
}

function writeReserved(out: BitWriter, value: number, count: number): void {
  const shift = out.pendingBits
  const pending = out.pending | (value << shift)
  const bits = shift + count
  if (bits < 16) {
    out.pending = pending
    out.pendingBits = bits
    return
  }
  out.buffer[out.length] = pending
  out.buffer[out.length + 1] = pending >>> 8
  out.length += 2
  out.pending = pending >>> 16
  out.pendingBits = bits - 16
}
