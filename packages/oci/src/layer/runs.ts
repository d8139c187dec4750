import { crc32 } from 'node:zlib'
import { type ContentRef, contentSize, encodeTarHeader, sliceContent, TAR_END, tarPadding } from '@apkts/archive'
import { OciError } from '../error.ts'
import type { LayerEntry } from './entry.ts'
import type { Piece, PieceSource } from './pieces.ts'

/** A stretch of a layer's tar that is compressed by itself, as the slices it consists of. */
export interface Run {
  /** Bytes of all slices. */
  readonly size: number
  readonly slices: readonly ContentRef[]
  /** What stands for it compressed, where it is a piece of a package. */
  readonly piece?: Piece
}

/** Most bytes of a run: large enough to compress well, small enough to keep a few in memory. */
export const RUN_SIZE = 1 << 20
/** From here on a run may end before an entry whose name says so. */
const CUT_FROM = 1 << 19
/** One name in so many does. */
const CUT_EVERY = 16

/**
 * The tar of the entries, closed with two zero blocks, cut into runs. A cut depends on the entries nearby only: an entry
 * that comes, goes or grows changes the runs around it and leaves all others as they were. So a run starts where an
 * entry would not fit any more, or, from half the size on, at an entry that the hash of its name picks; an entry larger
 * than a run fills several. Pieces of packages are runs of their own.
 * @throws OciError `CONTENT_SIZE`
 */
export function* layerRuns(entries: Iterable<LayerEntry>, pieces?: PieceSource): Generator<Run, void, void> {
  const run = new RunBuilder()
  for (const { header, content } of entries) {
    const size = contentSize(content)
    if (size !== header.size) {
      throw new OciError('CONTENT_SIZE', `${header.path} is announced with ${header.size} bytes but has ${size}`)
    }
    const head = encodeTarHeader(header)
    const padding = tarPadding(size)
    const cut = usablePieces(content, pieces)
    const together = cut.length > 0 ? distance(content, cut[0]!) : size + padding.length
    const full = run.size + head.length + together > RUN_SIZE
    if (run.size > 0 && (full || (run.size >= CUT_FROM && isCut(header.path)))) yield run.take()
    if (cut.length === 0 && run.size + head.length + size + padding.length < RUN_SIZE) {
      run.add(head, content, padding)
      continue
    }
    yield* run.append({ kind: 'bytes', bytes: head })
    for (const part of partsOf(content, cut)) {
      if (part.piece === undefined) yield* run.append(part.content)
      else {
        if (run.size > 0) yield run.take()
        yield { size: part.piece.size, slices: [part.content], piece: part.piece }
      }
    }
    yield* run.append({ kind: 'bytes', bytes: padding })
  }
  yield* run.append({ kind: 'bytes', bytes: TAR_END })
  if (run.size > 0) yield run.take()
}

function isCut(path: string): boolean {
  return crc32(path) % CUT_EVERY === 0
}

class RunBuilder {
  size = 0
  #slices: ContentRef[] = []

  /** What was taken since the last run, and begins the next one. */
  take(): Run {
    const run = { size: this.size, slices: this.#slices }
    this.size = 0
    this.#slices = []
    return run
  }

  /** Takes an entry that does not fill the run. */
  add(head: Uint8Array, content: ContentRef, padding: Uint8Array): void {
    const size = contentSize(content)
    this.#slices.push({ kind: 'bytes', bytes: head })
    if (size > 0) this.#slices.push(content)
    if (padding.length > 0) this.#slices.push({ kind: 'bytes', bytes: padding })
    this.size += head.length + size + padding.length
  }

  /** Takes the bytes and gives every run that they fill. */
  *append(content: ContentRef): Generator<Run, void, void> {
    const total = contentSize(content)
    for (let done = 0; done < total; ) {
      const taken = Math.min(total - done, RUN_SIZE - this.size)
      this.#slices.push(sliceContent(content, done, taken))
      this.size += taken
      done += taken
      if (this.size === RUN_SIZE) yield this.take()
    }
  }
}

interface Part {
  readonly content: ContentRef
  readonly piece?: Piece
}

/** The content, cut where its pieces begin and end. */
function partsOf(content: ContentRef, pieces: readonly Piece[]): Part[] {
  const parts: Part[] = []
  let done = 0
  for (const piece of pieces) {
    const start = distance(content, piece)
    if (start > done) parts.push({ content: sliceContent(content, done, start - done) })
    parts.push({ content: sliceContent(content, start, piece.size), piece })
    done = start + piece.size
  }
  const left = contentSize(content) - done
  if (left > 0) parts.push({ content: sliceContent(content, done, left) })
  return parts
}

/** Those in the content that fit into a run. */
function usablePieces(content: ContentRef, source: PieceSource | undefined): readonly Piece[] {
  if (source === undefined || content.kind !== 'file') return NO_PIECES
  const pieces = source.within(content)
  return pieces.length === 0 ? NO_PIECES : pieces.filter(({ size }) => size <= RUN_SIZE)
}

const NO_PIECES: readonly Piece[] = []

/** Bytes of a file's range before a piece in it. */
function distance(content: ContentRef, { offset }: Piece): number {
  return content.kind === 'file' ? offset - content.offset : offset
}
