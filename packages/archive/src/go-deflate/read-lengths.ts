import { type BitReader, decodeTable } from './bit-reader.ts'
import { DISTANCE_SYMBOLS } from './symbols.ts'
import { fixedLiteralLengths, MIN_RUN_LENGTHS, RUN_ORDER, RUN_SYMBOLS } from './table.ts'

/** Code lengths of a block's two codes, by symbol. */
export interface BlockLengths {
  readonly literals: Uint8Array
  readonly distances: Uint8Array
}

/** Those of blocks with the fixed code (RFC 1951, 3.2.6). */
export const FIXED_LENGTHS: BlockLengths = {
  literals: fixedLiteralLengths(),
  distances: new Uint8Array(DISTANCE_SYMBOLS).fill(5),
}

/** Reads the description of a block's codes (RFC 1951, 3.2.7); undefined when it is none. */
export function readDynamicLengths(input: BitReader): BlockLengths | undefined {
  const literalCount = input.bits(5) + 257
  const distanceCount = input.bits(5) + 1
  const runLengths = new Uint8Array(RUN_SYMBOLS)
  for (const symbol of RUN_ORDER.slice(0, input.bits(4) + MIN_RUN_LENGTHS)) runLengths[symbol] = input.bits(3)
  const lengths = readRuns(input, runLengths, literalCount + distanceCount)
  if (lengths === undefined) return undefined
  return { literals: lengths.subarray(0, literalCount), distances: lengths.subarray(literalCount) }
}

function readRuns(input: BitReader, runLengths: Uint8Array, count: number): Uint8Array | undefined {
  const table = decodeTable(runLengths)
  const lengths = new Uint8Array(count)
  for (let at = 0; at < count; ) {
    const symbol = input.symbol(table)
    if (symbol < 0 || (symbol === 16 && at === 0)) return undefined
    const { length, times } = readRun(input, symbol, lengths[at - 1] ?? 0)
    lengths.fill(length, at, at + times)
    at += times
  }
  return lengths
}

function readRun(input: BitReader, symbol: number, before: number): { length: number; times: number } {
  if (symbol === 16) return { length: before, times: 3 + input.bits(2) }
  if (symbol === 17) return { length: 0, times: 3 + input.bits(3) }
  if (symbol === 18) return { length: 0, times: 11 + input.bits(7) }
  return { length: symbol, times: 1 }
}
