import type { BitWriter } from './bit-writer.ts'
import { codedBits } from './huffman.ts'
import { type CodeTable, FIXED_TABLE } from './table.ts'
import type { Tokens } from './tokens.ts'

const STORED_BLOCK = 0b000
const FIXED_BLOCK = 0b010
const FINAL = 0b001
const STORED_HEADER_BYTES = 5

/** A stored block of at most 65535 bytes; an empty one brings the stream to a byte boundary (a sync flush). */
export function writeStoredBlock(out: BitWriter, bytes: Uint8Array, options: { final?: boolean } = {}): void {
  out.writeBits(options.final === true ? STORED_BLOCK | FINAL : STORED_BLOCK, 3)
  out.align()
  out.writeBits(bytes.length, 16)
  out.writeBits(~bytes.length & 0xffff, 16)
  out.writeBytes(bytes)
}

export function writeFixedHeader(out: BitWriter): void {
  out.writeBits(FIXED_BLOCK, 3)
}

/** The shortest end of a stream: a final block with the fixed code and nothing in it. */
export function writeFinalFixedBlock(out: BitWriter): void {
  out.writeBits(FIXED_BLOCK | FINAL, 3)
  out.writeBits(0, 7)
  out.align()
}

/** Bits of a stored block, counting its header as whole bytes. */
export function storedBits(size: number): number {
  return (size + STORED_HEADER_BYTES) * 8
}

/** Bits of completed tokens with the fixed code, block header included. */
export function fixedBits(tokens: Tokens): number {
  return 3 + tokenBits(tokens, FIXED_TABLE)
}

/** Bits of completed tokens with these codes, without a block header. */
export function tokenBits(tokens: Tokens, table: CodeTable): number {
  return codedBits(table.literals, tokens.literals) + codedBits(table.distances, tokens.distances) + tokens.extraBits()
}
