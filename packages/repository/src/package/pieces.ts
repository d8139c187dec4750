import { closeSync, openSync, readSync } from 'node:fs'
import { FlushMarks, PGZIP_BLOCK, startsLikePgzip } from '@apkts/archive'
import { isSystemError } from '@apkts/diagnostics'

/** Pieces of the compressed data sections of packages; its owner closes it. */
export interface PackagePieces {
  /**
   * What the MiB at that offset of an inflated data section was compressed to, as far as the compressed one beside it tells:
   * nothing is checked. Undefined where there is no such piece.
   */
  find(piece: { readonly path: string; readonly offset: number }): Uint8Array | undefined
  close(): void
}

/** An inflated data section in the cache, named after the compressed one. */
const DATA = /(?:^|\/)[0-9a-f]{64}\.dat\.tar$/
const CHUNK = 1 << 20
/** A piece that did not get smaller, and its frame. */
const LARGEST = PGZIP_BLOCK + (1 << 16)

/** Opens the pieces of the packages in a cache. */
export function openPackagePieces(): PackagePieces {
  const files = new Map<string, CompressedFile | undefined>()
  const fileOf = (path: string): CompressedFile | undefined => {
    if (!files.has(path)) files.set(path, DATA.test(path) ? openCompressed(`${path}.gz`) : undefined)
    return files.get(path)
  }
  return {
    find({ path, offset }) {
      const file = fileOf(path)
      const [start, end] = file === undefined ? [] : boundsOf(file, offset / PGZIP_BLOCK)
      return file === undefined || start === undefined || end === undefined ? undefined : readPiece(file, start, end)
    },
    close() {
      for (const file of files.values()) if (file !== undefined) closeSync(file.descriptor)
      files.clear()
    },
  }
}

interface CompressedFile {
  readonly descriptor: number
  /** Where blocks may end. */
  readonly marks: readonly number[]
}

function boundsOf({ marks }: CompressedFile, index: number): [start?: number, end?: number] {
  return [marks[index - 1], marks[index]] as [number?, number?]
}

/** Undefined for what is not there, or was not made by pgzip. */
function openCompressed(path: string): CompressedFile | undefined {
  const descriptor = openIfPresent(path)
  if (descriptor === undefined) return undefined
  const chunk = Buffer.allocUnsafeSlow(CHUNK)
  const marks = new FlushMarks()
  for (let position = 0; ; ) {
    const count = readSync(descriptor, chunk, 0, CHUNK, position)
    const bytes = chunk.subarray(0, count)
    if (position === 0 && !startsLikePgzip(bytes)) {
      closeSync(descriptor)
      return undefined
    }
    if (count === 0) return { descriptor, marks: marks.found }
    marks.write(bytes)
    position += count
  }
}

function openIfPresent(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

function readPiece({ descriptor }: CompressedFile, start: number, end: number): Uint8Array | undefined {
  if (end - start > LARGEST) return undefined
  const bytes = Buffer.allocUnsafeSlow(end - start)
  return readSync(descriptor, bytes, 0, bytes.length, start) === bytes.length ? bytes : undefined
}
