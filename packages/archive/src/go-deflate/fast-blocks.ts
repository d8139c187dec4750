import type { BitWriter } from './bit-writer.ts'
import { fixedBits, storedBits, tokenBits, writeFinalFixedBlock, writeFixedHeader, writeStoredBlock } from './blocks.ts'
import { estimatedBits } from './fast-estimate.ts'
import { canEncode, codedBits, codeLength, type HuffmanCode, huffmanCode } from './huffman.ts'
import { END_OF_BLOCK } from './symbols.ts'
import { type CodeTable, type DynamicTable, dynamicTable, FIXED_TABLE } from './table.ts'
import type { Tokens } from './tokens.ts'
import { writeLiterals, writeSymbol, writeTokens } from './write-tokens.ts'

/** From this many symbols on, the fixed code is not considered. */
const MAX_FIXED_SYMBOLS = 250
/** Where a block is open, the fixed code must win by this. */
const END_OF_BLOCK_PENALTY = 7
/** A new table is taken to cost 1/2^7 more than estimated. */
const NEW_TABLE_PENALTY_SHIFT = 7
/** What the description of a literal code is taken to cost where no earlier one tells. */
const GUESSED_HEADER_BITS = 70 * 8
/** From this size on, bytes of nearly equal frequencies are stored without a look at codes. */
const MIN_NOISE = 1025
const LITERAL_ONLY_DISTANCES: HuffmanCode = huffmanCode([1])
const EMPTY = new Uint8Array(0)

/** A block whose end is not written yet, because the next chunk may go on with its codes. */
interface OpenBlock extends CodeTable {
  readonly headerBits: number
  /** Its distance code is a dummy. */
  readonly literalsOnly: boolean
}

/**
 * Writes chunks of at most 65535 bytes as blocks, with the choices of klauspost/compress: new codes, those of the
 * block before, the fixed code or none. After the last chunk before a flush no block stays open.
 */
export class FastBlockWriter {
  readonly #out: BitWriter
  #open: OpenBlock | undefined

  constructor(out: BitWriter) {
    this.#out = out
  }

  /** Writes a chunk stored, whatever its content. */
  writeStored(source: Uint8Array): void {
    this.#closeBlock()
    writeStoredBlock(this.#out, source)
  }

  /** Brings the stream to a byte boundary. */
  flush(): void {
    this.writeStored(EMPTY)
  }

  finish(): void {
    this.#closeBlock()
    writeFinalFixedBlock(this.#out)
  }

  /** Writes a chunk as its tokens. */
  writeTokens(tokens: Tokens, source: Uint8Array, isLast: boolean): void {
    const form = this.#chooseForm(tokens, source.length, isLast)
    if (form === 'stored') {
      this.writeStored(source)
    } else if (form === 'fixed') {
      this.#closeBlock()
      writeFixedHeader(this.#out)
      writeTokens(this.#out, tokens, FIXED_TABLE)
      writeSymbol(this.#out, FIXED_TABLE.literals, END_OF_BLOCK)
    } else {
      writeTokens(this.#out, tokens, form)
      if (isLast) this.#closeBlock()
    }
  }

  /** Writes a chunk without matches. */
  writeLiterals(source: Uint8Array, isLast: boolean): void {
    const open = this.#chooseLiteralForm(source)
    if (open === 'stored') {
      this.writeStored(source)
    } else {
      writeLiterals(this.#out, source, open.literals)
      if (isLast) this.#closeBlock()
    }
  }

  /** Decides how tokens are written; an answer that is a table is open. */
  #chooseForm(tokens: Tokens, size: number, isLast: boolean): 'stored' | 'fixed' | CodeTable {
    if (this.#open !== undefined && !canContinue(this.#open, tokens)) this.#closeBlock()
    const symbols = tokens.count + (isLast ? 1 : 0)
    const estimate = this.#open === undefined ? 0 : estimatedBits(tokens, symbols)
    tokens.complete()
    const stored = storedBits(size)
    const fixed = symbols < MAX_FIXED_SYMBOLS ? fixedBits(tokens) : Number.POSITIVE_INFINITY
    if (this.#open !== undefined) {
      const bits = this.#continueOrClose(this.#open, tokens, estimate)
      if (stored <= bits) return 'stored'
      if (fixed + END_OF_BLOCK_PENALTY < bits) return 'fixed'
      if (this.#open !== undefined) return this.#open
    }
    const table = dynamicTable(huffmanCode(tokens.literals), huffmanCode(tokens.distances))
    const bits = table.headerBits + tokenBits(tokens, table)
    if (stored <= Math.min(fixed, bits)) return 'stored'
    if (fixed <= bits) return 'fixed'
    return this.#openBlock(table, false)
  }

  #chooseLiteralForm(source: Uint8Array): 'stored' | CodeTable {
    const frequencies = literalFrequencies(source)
    if (source.length >= MIN_NOISE && isNoise(frequencies, source.length)) return 'stored'
    const literals = huffmanCode(frequencies)
    const payload = codedBits(literals, frequencies) + (this.#open?.headerBits ?? GUESSED_HEADER_BITS)
    const estimate = payload + (payload >> NEW_TABLE_PENALTY_SHIFT)
    if (storedBits(source.length) <= estimate) return 'stored'
    if (this.#open !== undefined && estimate < reusedBits(this.#open.literals, frequencies)) this.#closeBlock()
    return this.#open ?? this.#openBlock(dynamicTable(literals, LITERAL_ONLY_DISTANCES), true)
  }

  /** Closes the open block when new codes promise to be shorter. Returns the bits expected of the better choice. */
  #continueOrClose(open: OpenBlock, tokens: Tokens, estimate: number): number {
    const payload = open.headerBits + estimate
    const renewed = payload + codeLength(open.literals, END_OF_BLOCK) + (payload >> NEW_TABLE_PENALTY_SHIFT)
    const continued = tokenBits(tokens, open)
    if (renewed >= continued) return continued
    this.#closeBlock()
    return renewed
  }

  #openBlock(table: DynamicTable, literalsOnly: boolean): OpenBlock {
    table.writeHeader(this.#out)
    this.#open = { literals: table.literals, distances: table.distances, headerBits: table.headerBits, literalsOnly }
    return this.#open
  }

  #closeBlock(): void {
    if (this.#open === undefined) return
    this.#out.reserve(2)
    writeSymbol(this.#out, this.#open.literals, END_OF_BLOCK)
    this.#open = undefined
  }
}

function canContinue(open: OpenBlock, tokens: Tokens): boolean {
  return !open.literalsOnly && canEncode(open.literals, tokens.literals) && canEncode(open.distances, tokens.distances)
}

/** Bits of the literals with an earlier code; infinite when it lacks one. The end of block does not count. */
function reusedBits(code: HuffmanCode, frequencies: Uint32Array): number {
  if (!canEncode(code, frequencies, END_OF_BLOCK)) return Number.POSITIVE_INFINITY
  return codedBits(code.subarray(0, END_OF_BLOCK), frequencies)
}

function literalFrequencies(source: Uint8Array): Uint32Array {
  const frequencies = new Uint32Array(END_OF_BLOCK + 1)
  for (let index = 0; index < source.length; index++) frequencies[source[index]!]! += 1
  frequencies[END_OF_BLOCK] = 1
  return frequencies
}

/** Whether the squared deviations from equal frequencies are as small as chance makes them. */
function isNoise(frequencies: Uint32Array, size: number): boolean {
  const expected = size / 256
  let deviation = 0
  for (let byte = 0; byte < 256; byte++) deviation += (frequencies[byte]! - expected) ** 2
  return deviation < 2 * size
}
