import type { BitWriter } from './bit-writer.ts'
import { canonicalCode, codedBits, codeLength, type HuffmanCode, huffmanCode, LENGTH_FIELD_BITS } from './huffman.ts'
import { DISTANCE_SYMBOLS, FIRST_LENGTH_SYMBOL, LITERAL_SYMBOLS } from './symbols.ts'

/** The two codes a block is written with. */
export interface CodeTable {
  readonly literals: HuffmanCode
  readonly distances: HuffmanCode
}

/** The codes every decoder knows (RFC 1951, 3.2.6). */
export const FIXED_TABLE: CodeTable = {
  literals: canonicalCode(fixedLiteralLengths()).subarray(0, LITERAL_SYMBOLS),
  distances: canonicalCode(new Uint8Array(DISTANCE_SYMBOLS).fill(5)),
}

/** Codes made for a block, with the description of them that its header carries (RFC 1951, 3.2.7). */
export interface DynamicTable extends CodeTable {
  /** Size of the block header, in bits. */
  readonly headerBits: number
  writeHeader(out: BitWriter): void
}

/** Symbols of the code in which code lengths are written. */
export const RUN_SYMBOLS = 19
const RUN_MAX_BITS = 7
const RUN_EXTRA_BITS: Readonly<Record<number, number>> = { 16: 2, 17: 3, 18: 7 }
const RUN_SYMBOL_BITS = 5
const RUN_SYMBOL_MASK = 31
/** The order in which the lengths of the run code are written. */
export const RUN_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
export const MIN_RUN_LENGTHS = 4
const DYNAMIC_BLOCK = 0b100

/** Describes two codes; symbols without code at the end are left out, but 257 literals and one distance always appear. */
export function dynamicTable(literals: HuffmanCode, distances: HuffmanCode): DynamicTable {
  const literalCount = Math.max(FIRST_LENGTH_SYMBOL, usedSymbols(literals))
  const distanceCount = Math.max(1, usedSymbols(distances))
  const runs = lengthRuns([...lengthsOf(literals, literalCount), ...lengthsOf(distances, distanceCount)])
  const frequencies = new Uint32Array(RUN_SYMBOLS)
  for (const run of runs) frequencies[run & RUN_SYMBOL_MASK]! += 1
  const runCode = huffmanCode(frequencies, RUN_MAX_BITS)
  const runLengths = describedRunLengths(frequencies)
  let headerBits = 3 + 5 + 5 + 4 + 3 * runLengths + codedBits(runCode, frequencies)
  for (const run of runs) headerBits += RUN_EXTRA_BITS[run & RUN_SYMBOL_MASK] ?? 0
  return {
    literals,
    distances,
    headerBits,
    writeHeader(out) {
      out.writeBits(DYNAMIC_BLOCK, 3)
      out.writeBits(literalCount - 257, 5)
      out.writeBits(distanceCount - 1, 5)
      out.writeBits(runLengths - MIN_RUN_LENGTHS, 4)
      for (const symbol of RUN_ORDER.slice(0, runLengths)) out.writeBits(codeLength(runCode, symbol), 3)
      for (const run of runs) writeRun(out, runCode, run)
    },
  }
}

/** Code lengths of the fixed literal code. */
export function fixedLiteralLengths(): Uint8Array {
  return new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280)
}

function usedSymbols(code: HuffmanCode): number {
  let used = code.length
  while (used > 0 && code[used - 1] === 0) used--
  return used
}

function lengthsOf(code: HuffmanCode, count: number): number[] {
  return Array.from({ length: count }, (_, symbol) => codeLength(code, symbol))
}

/** Code lengths as run symbols: the symbol in the low 5 bits, the value of its extra bits above. */
function lengthRuns(lengths: readonly number[]): number[] {
  const runs: number[] = []
  for (let start = 0; start < lengths.length; ) {
    const length = lengths[start]!
    let end = start + 1
    while (end < lengths.length && lengths[end] === length) end++
    if (length === 0) addZeroRun(runs, end - start)
    else addRepeatedLength(runs, length, end - start)
    start = end
  }
  return runs
}

function addZeroRun(runs: number[], count: number): void {
  let rest = count
  while (rest >= 11) {
    const part = Math.min(rest, 138)
    runs.push(18 | ((part - 11) << RUN_SYMBOL_BITS))
    rest -= part
  }
  if (rest >= 3) {
    runs.push(17 | ((rest - 3) << RUN_SYMBOL_BITS))
    rest = 0
  }
  for (; rest > 0; rest--) runs.push(0)
}

function addRepeatedLength(runs: number[], length: number, count: number): void {
  runs.push(length)
  let rest = count - 1
  while (rest >= 3) {
    const part = Math.min(rest, 6)
    runs.push(16 | ((part - 3) << RUN_SYMBOL_BITS))
    rest -= part
  }
  for (; rest > 0; rest--) runs.push(length)
}

function describedRunLengths(frequencies: Uint32Array): number {
  let count = RUN_SYMBOLS
  while (count > MIN_RUN_LENGTHS && frequencies[RUN_ORDER[count - 1]!] === 0) count--
  return count
}

function writeRun(out: BitWriter, runCode: HuffmanCode, run: number): void {
  const symbol = run & RUN_SYMBOL_MASK
  out.writeBits(runCode[symbol]! >>> LENGTH_FIELD_BITS, codeLength(runCode, symbol))
  const extraBits = RUN_EXTRA_BITS[symbol]
  if (extraBits !== undefined) out.writeBits(run >>> RUN_SYMBOL_BITS, extraBits)
}
