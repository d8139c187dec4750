import type { ContentRef } from '@apkts/archive'
import type { Run } from './runs.ts'

/*
 * Packages are compressed in pieces: pgzip, which melange uses, ends its output at a byte boundary after every MiB of
 * input, and refers back to the 16 KiB before. Such a piece of a large file stands for the same bytes in any deflate
 * stream in which they follow what they followed there. So a layer takes it over instead of compressing it again.
 */

/** Bytes of a piece: what pgzip compresses at a time, counted from the start of the package's data section. */
export const PIECE_SIZE = 1 << 20
/** How far deflate can refer back (RFC 1951, section 2): the bytes before a piece that have to be the same. */
export const HISTORY = 1 << 15

/** A range of a file. */
export type FileRange = ContentRef & { readonly kind: 'file' }

/** Where pieces of packages are had from. */
export interface PieceSource {
  /** The compressed form of a piece, ended by a sync flush; not checked yet. Undefined where there is none. */
  find(piece: FileRange): Uint8Array | undefined
}

/** Where the whole pieces of a content begin and end, in its own bytes: those that have their history in it, too. */
export function pieceBounds({ offset, size }: FileRange): { readonly start: number; readonly end: number } | undefined {
  const first = Math.ceil((offset + HISTORY) / PIECE_SIZE) * PIECE_SIZE
  const last = Math.floor((offset + size) / PIECE_SIZE) * PIECE_SIZE
  return first < last ? { start: first - offset, end: last - offset } : undefined
}

/** The piece that a run is; undefined when it is something else. */
export function pieceOf({ size, slices }: Run): FileRange | undefined {
  const [slice] = slices
  if (size !== PIECE_SIZE || slices.length !== 1 || slice?.kind !== 'file') return undefined
  return slice.offset % PIECE_SIZE === 0 ? slice : undefined
}

/** What stands before a piece in its file. */
export function historyOf({ path, offset }: FileRange): FileRange {
  return { kind: 'file', path, offset: offset - HISTORY, size: HISTORY }
}
