import type { BitWriter } from './bit-writer.ts'
import { fixedBits, storedBits, tokenBits, writeFixedHeader, writeStoredBlock } from './blocks.ts'
import { huffmanCode } from './huffman.ts'
import { END_OF_BLOCK, MAX_STORED } from './symbols.ts'
import { type CodeTable, dynamicTable, FIXED_TABLE } from './table.ts'
import type { Tokens } from './tokens.ts'
import { writeSymbol, writeTokens } from './write-tokens.ts'

/**
 * Writes tokens as the smallest of a fixed, a dynamic and a stored block; equal sizes: the one named first.
 * @param source what the tokens stand for; `undefined` when it is gone and cannot be stored.
 */
export function writeSmallestBlock(out: BitWriter, tokens: Tokens, source: Uint8Array | undefined): void {
  tokens.complete()
  const fixed = fixedBits(tokens)
  const table = dynamicTable(huffmanCode(tokens.literals), huffmanCode(tokens.distances))
  const dynamic = table.headerBits + tokenBits(tokens, table)
  const isStorable = source !== undefined && source.length <= MAX_STORED
  if (isStorable && storedBits(source.length) < Math.min(fixed, dynamic)) {
    writeStoredBlock(out, source)
  } else if (dynamic < fixed) {
    table.writeHeader(out)
    writeBlockBody(out, tokens, table)
  } else {
    writeFixedHeader(out)
    writeBlockBody(out, tokens, FIXED_TABLE)
  }
}

function writeBlockBody(out: BitWriter, tokens: Tokens, table: CodeTable): void {
  writeTokens(out, tokens, table)
  writeSymbol(out, table.literals, END_OF_BLOCK)
}
