import { concatBytes } from '@apkts/encoding'
import type { Piece } from './pieces.ts'

/**
 * Deflate blocks cut out of a stream, as a segment that begins and ends at a byte boundary. They keep their place in their
 * bytes: the bits of the first byte that are not theirs are filled with the end of blocks of nothing, and an empty stored
 * block behind them leads to the next boundary (RFC 1951, 3.2.4).
 */
export function adoptBlocks(bytes: Uint8Array, { firstBit, endBit }: Pick<Piece, 'firstBit' | 'endBit'>): Uint8Array {
  const lead = LEADS[firstBit]!
  const before = lead.length - (firstBit > 0 ? 1 : 0)
  const behind = endBit % 8
  const segment = concatBytes([lead.subarray(0, before), bytes, behind > 0 && behind <= 5 ? SHORT_END : LONG_END])
  if (firstBit > 0) segment[before] = (bytes[0]! & (0xff << firstBit)) | lead.at(-1)!
  if (behind > 0) segment[before + bytes.length - 1]! &= 0xff >> (8 - behind)
  return segment
}

/** An empty stored block: its three bits, all 0, end in the byte before, or take one of their own. */
const SHORT_END = Uint8Array.of(0, 0, 0xff, 0xff)
const LONG_END = Uint8Array.of(0, ...SHORT_END)

/** A number of so many bits as it stands in a stream: the lowest one first. */
function field(value: number, width: number): string {
  return [...value.toString(2).padStart(width, '0')].reverse().join('')
}

const MORE = '0'
const FIXED = field(1, 2)
const DYNAMIC = field(2, 2)

/** A block with the fixed code and nothing but its end (RFC 1951, 3.2.6): 10 bits. */
const EMPTY_FIXED = `${MORE}${FIXED}0000000`

/**
 * A block with a code of its own and nothing but its end (RFC 1951, 3.2.7): 99 bits, and only an odd number can come to an
 * odd place. Its codes are complete, as some decoders ask for.
 */
const EMPTY_DYNAMIC = [
  `${MORE}${DYNAMIC}`,
  field(0, 5), // 257 lengths of literals
  field(1, 5), // 2 of distances
  field(14, 4), // 18 of lengths
  // 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1: of these 18 is 0 from here on, 1 is 10 and 2 is 11
  ...[0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2].map((length) => field(length, 3)),
  `0${field(138 - 11, 7)}0${field(116 - 11, 7)}`, // 254 literals that do not occur
  '10', // literal 254 has one bit
  '1111', // 255 and the end, 256, have two
  '1010', // both distances have one
  '11', // the end
].join('')

/** Blocks of nothing, whose bits exceed whole bytes by as many as the index says. */
const LEADS: readonly Uint8Array[] = Array.from({ length: 8 }, (_, bits) => packBits(blocksOfNothing(bits)))

function blocksOfNothing(bits: number): string {
  if (bits % 2 === 0) return EMPTY_FIXED.repeat(bits / 2)
  return EMPTY_DYNAMIC + EMPTY_FIXED.repeat(((bits - (EMPTY_DYNAMIC.length % 8) + 8) % 8) / 2)
}

/** Each byte takes bits from its lowest one on. */
function packBits(bits: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  for (const [i, bit] of [...bits].entries()) bytes[i >> 3]! |= Number(bit) << (i & 7)
  return bytes
}
