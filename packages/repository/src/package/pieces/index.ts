import type { ContentRef } from '@apkts/archive'
import { type FileIdentity, identifyFile, isSameFile } from '@apkts/cache'
import { ThreadPool } from '@apkts/threads'
import { RepositoryError } from '../../error.ts'
import type { DataFile, ExpandedPackage } from '../expanded.ts'
import { type CheckedPiece, type FilePlace, LEAST_OF_ALL, mayBeWorthwhile, piecesOf, worthwhileFiles } from './group.ts'
import { readPieces, writePieces } from './record.ts'
import { type BlocksQuestion, BlocksThread } from './thread.ts'

/**
 * Pieces of the compressed data sections of an image's packages: what stretches of their files were compressed to. Where
 * those have little to offer together, there are none. Its owner closes it.
 */
export interface PackagePieces {
  /** Has the pieces of a package looked for, in a thread unless they are recorded beside it. */
  prepare(expanded: Expanded): void
  /** Resolves when all that was begun is done. */
  ready(): Promise<void>
  /** The pieces in a range of a package's inflated data section, in order. They do not overlap. */
  within(range: FilePlace & { readonly path: string }): readonly PackagePiece[]
  /** Checks, after pieces were read, that their files are as they were. @throws RepositoryError `CACHE_CHANGED` */
  checkUnchanged(): void
  close(): Promise<void>
}

type Expanded = Pick<ExpandedPackage, 'dataFile' | 'entries'>

/** A piece, and where its bits are. */
export interface PackagePiece extends Pick<CheckedPiece, 'offset' | 'size' | 'checksum'> {
  /** The bytes that hold its bits. */
  readonly compressed: ContentRef & { readonly kind: 'file' }
  /** Its first bit, 0 for the lowest one of the first byte, and the one behind its last. */
  readonly firstBit: number
  readonly endBit: number
}

/** An inflated data section in the cache, named after the compressed one. */
const DATA = /(?:^|\/)([0-9a-f]{64})\.dat\.tar$/
const NOTHING: PiecesOfFile = { pieces: [] }

interface PiecesOfFile {
  readonly pieces: readonly PackagePiece[]
  /** The compressed file, when it was looked through. */
  readonly identity?: FileIdentity
}

/** Opens the pieces of packages in a cache. */
export function openPackagePieces(): PackagePieces {
  const waiting: Candidate[] = []
  let offered = 0
  const underWay: Promise<void>[] = []
  const known = new Map<string, PiecesOfFile>()
  const threads = new ThreadPool(() => new BlocksThread())
  const find = (candidate: Candidate): Promise<void> => {
    const found = findPieces(candidate, threads).then((pieces) => void known.set(candidate.dataFile.path, pieces))
    found.catch(() => {}) // thrown by whoever waits for it
    return found
  }
  return {
    prepare(expanded) {
      const candidate = candidateOf(expanded)
      if (candidate === undefined) return
      waiting.push(candidate)
      offered += candidate.files.reduce((sum, { size }) => sum + size, 0)
      if (offered >= LEAST_OF_ALL) for (const one of waiting.splice(0)) underWay.push(find(one))
    },
    async ready() {
      await Promise.all(underWay)
    },
    within({ path, offset, size }) {
      const { pieces } = known.get(path) ?? NOTHING
      if (pieces.length === 0) return pieces
      return pieces.slice(firstFrom(pieces, offset), firstFrom(pieces, offset + size))
    },
    checkUnchanged() {
      for (const [path, { identity }] of known) if (identity !== undefined) checkSame(`${path}.gz`, identity)
    },
    close: () => threads.close(),
  }
}

/** Pieces lie in one file each, so those that begin in it end in it. */
function firstFrom(pieces: readonly PackagePiece[], offset: number): number {
  let [low, high] = [0, pieces.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (pieces[middle]!.offset < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Another file in its place is one that another process put there, and is as good. */
function checkSame(path: string, identity: FileIdentity): void {
  const now = identifyFile(path)
  if (now === undefined || now.ino !== identity.ino || isSameFile(now, identity)) return
  throw new RepositoryError('CACHE_CHANGED', `the cached file ${path} changed while it was read`, {
    at: { file: path },
    hint: 'Something else changes the cache directory: run the command again.',
  })
}

/** A package that may have pieces. */
interface Candidate {
  readonly dataFile: DataFile
  /** Of the compressed data section, in hex. */
  readonly sha256: string
  readonly files: readonly FilePlace[]
}

function candidateOf({ dataFile, entries }: Expanded): Candidate | undefined {
  const size = Number(dataFile.identity.size)
  if (!mayBeWorthwhile(size)) return undefined // most packages are small, and every build asks for all
  const [, sha256] = DATA.exec(dataFile.path) ?? []
  const files = worthwhileFiles(entries.map(({ content }) => content).filter(isFile), size)
  return sha256 === undefined || files.length === 0 ? undefined : { dataFile, sha256, files }
}

function isFile(content: ContentRef): content is ContentRef & { readonly kind: 'file' } {
  return content.kind === 'file'
}

async function findPieces(
  { dataFile, sha256, files }: Candidate,
  threads: ThreadPool<BlocksThread>,
): Promise<PiecesOfFile> {
  const path = `${dataFile.path}.gz`
  const identity = identifyFile(path)
  if (identity === undefined) return NOTHING
  const record = dataFile.path.replace(/\.tar$/, '.pieces.json')
  const recorded = await readPieces(record, identity)
  if (recorded !== undefined) return { pieces: recorded.map((piece) => placed(piece, path)), identity }
  const isVerified = dataFile.compressed !== undefined && isSameFile(dataFile.compressed, identity)
  const question = { path, sha256: isVerified ? undefined : sha256 }
  const pieces = await lookFor(files, question, dataFile, threads.idlest())
  await writePieces(record, identity, pieces)
  return { pieces: pieces.map((piece) => placed(piece, path)), identity }
}

/** Nothing where something is other than it should be. */
async function lookFor(
  files: readonly FilePlace[],
  question: BlocksQuestion,
  { path, identity }: DataFile,
  thread: BlocksThread,
): Promise<readonly CheckedPiece[]> {
  const found = await thread.blocks(question)
  if (found?.size !== Number(identity.size)) return []
  const pieces = piecesOf(found, files)
  const ranges = Float64Array.from(pieces.flatMap(({ offset, size }) => [offset, size]))
  const checksums = await thread.checksums({ path, ranges })
  return checksums?.map((checksum, i) => ({ ...pieces[i]!, checksum })) ?? []
}

function placed({ offset, size, firstBit, endBit, checksum }: CheckedPiece, path: string): PackagePiece {
  const start = Math.floor(firstBit / 8)
  const end = Math.ceil(endBit / 8)
  return {
    offset,
    size,
    checksum,
    compressed: { kind: 'file', path, offset: start, size: end - start },
    firstBit: firstBit - start * 8,
    endBit: endBit - start * 8,
  }
}
