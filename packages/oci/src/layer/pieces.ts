import type { ContentRef } from '@apkts/archive'

/*
 * Packages are compressed with deflate, as layers are. Deflate blocks that stand for bytes of one file, and refer to
 * nothing outside of it, stand for the same bytes wherever they follow the same file's bytes before them. So a layer takes
 * them over as they are: bits are copied, not computed.
 */

/** A range of a file. */
export type FileRange = ContentRef & { readonly kind: 'file' }

/** Whole deflate blocks that stand for a range of a file. */
export interface Piece {
  /** Of the range, in its file. */
  readonly offset: number
  /** Bytes of the range. */
  readonly size: number
  /** CRC-32 of the range. */
  readonly checksum: number
  /** Bytes that hold the blocks. */
  readonly compressed: FileRange
  /** Bits of those before the first block, less than 8. */
  readonly firstBit: number
  /** Bits up to the end of the last block; the last byte holds at least one of it. */
  readonly endBit: number
}

/** Where pieces of packages are had from. */
export interface PieceSource {
  /** Those in a content, in order; they do not overlap and refer to nothing before the content. */
  within(content: FileRange): readonly Piece[]
}
