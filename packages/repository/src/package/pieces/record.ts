import { type FileIdentity, formatChecked, isSameFile, readChecked, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import type { CheckedPiece } from './group.ts'

/*
 * Beside a compressed data section lies what is known of its pieces, which holds as long as the file is the one that was
 * looked through.
 */

interface PiecesRecord {
  readonly format: typeof FORMAT
  readonly identity: FileIdentity
  readonly pieces: readonly Row[]
}

type Row = readonly [offset: number, size: number, firstBit: number, endBit: number, checksum: number]

const FORMAT = 1

/** The recorded pieces of a file; undefined where there are none, or it has changed since. */
export async function readPieces(path: string, identity: FileIdentity): Promise<CheckedPiece[] | undefined> {
  const record = (await readChecked(path)) as PiecesRecord | undefined
  if (record?.format !== FORMAT || !isSameFile(record.identity, identity)) return undefined
  return record.pieces.map(([offset, size, firstBit, endBit, checksum]) => ({
    offset,
    size,
    firstBit,
    endBit,
    checksum,
  }))
}

/** Records the pieces of a file, where that is possible. */
export async function writePieces(
  path: string,
  identity: FileIdentity,
  pieces: readonly CheckedPiece[],
): Promise<void> {
  const rows = pieces.map(
    ({ offset, size, firstBit, endBit, checksum }): Row => [offset, size, firstBit, endBit, checksum],
  )
  try {
    await writeFileAtomic(path, formatChecked({ format: FORMAT, identity, pieces: rows } satisfies PiecesRecord))
  } catch (error) {
    if (!isSystemError(error)) throw error // a cache that can only be read
  }
}
