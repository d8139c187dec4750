import type { DeflateBlocks } from './thread.ts'

/** Whole deflate blocks of a compressed data section that stand for bytes of one file, and refer to nothing outside of it. */
export interface Piece {
  /** Where its bytes are, in the inflated data section. */
  readonly offset: number
  /** Bytes inflated. */
  readonly size: number
  /** Its first bit in the compressed data section, counted from the lowest bit of the first byte. */
  readonly firstBit: number
  /** The bit behind its last one. */
  readonly endBit: number
}

/** A piece and the CRC-32 of its bytes. */
export interface CheckedPiece extends Piece {
  readonly checksum: number
}

/** Where a file's content is in the inflated data section. */
export interface FilePlace {
  readonly offset: number
  readonly size: number
}

/** Most bytes of a piece: it is handled in memory, and is a run of a layer. */
const LARGEST = 1 << 20
/** A file begins and ends apart from its pieces, which makes it a little larger: so there has to be much of them. */
export const WORTHWHILE = 1 << 17
/** Of smaller files than this, fewer than half of the bytes are in blocks of their own. */
const LARGE_FILE = 1 << 18
/** Finding blocks takes a sixth of the time of compressing, so large files should be much more of a package than that. */
const SHARE = 3
/** Asking a thread and keeping what it found take as long as compressing a few hundred kilobytes. */
const LEAST = 1 << 20
/** Starting a thread takes as long as compressing four MiB. */
export const LEAST_OF_ALL = 1 << 23

/** Whether a data section of that size may have files that are worthwhile. */
export function mayBeWorthwhile(dataSize: number): boolean {
  return dataSize >= LEAST
}

/** The files of a data section of that size that may have pieces; none where those are a small part of it, or little. */
export function worthwhileFiles<File extends FilePlace>(files: readonly File[], dataSize: number): readonly File[] {
  const large = files.filter(({ size }) => size >= LARGE_FILE)
  const total = large.reduce((sum, { size }) => sum + size, 0)
  return total >= Math.max(LEAST, dataSize / SHARE) ? large : []
}

/** The pieces of files, which are in the order of their offsets. */
export function piecesOf({ blocks }: DeflateBlocks, files: Iterable<FilePlace>): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { offset, size } of files) {
    const end = offset + size
    while (at < blocks.length && blocks[at]! < offset) at += FIELDS
    const found = new PiecesOfFile()
    for (; at < blocks.length && blocks[at + 1]! <= end; at += FIELDS) {
      const [start, blockEnd, reach, firstBit, endBit] = blocks.subarray(at, at + FIELDS)
      const within = reach! >= offset && blockEnd! - start! <= LARGEST
      if (within) found.add({ offset: start!, size: blockEnd! - start!, firstBit: firstBit!, endBit: endBit! })
      else found.interrupt()
    }
    pieces.push(...found.take())
  }
  return pieces
}

const FIELDS = 5

class PiecesOfFile {
  readonly #worthwhile: Piece[] = []
  /** Pieces that follow each other. */
  #stretch: Piece[] = []

  add(block: Piece): void {
    const last = this.#stretch.at(-1)
    if (last === undefined || last.size + block.size > LARGEST) this.#stretch.push(block)
    else this.#stretch[this.#stretch.length - 1] = { ...last, size: last.size + block.size, endBit: block.endBit }
  }

  interrupt(): void {
    const size = this.#stretch.reduce((sum, piece) => sum + piece.size, 0)
    if (size >= WORTHWHILE) this.#worthwhile.push(...this.#stretch)
    this.#stretch = []
  }

  take(): readonly Piece[] {
    this.interrupt()
    return this.#worthwhile
  }
}
