import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type ContentRef, contentSize, writeFully } from '@apkts/archive'
import { ownedName, removeAbandoned, writeThenPublish } from '@apkts/cache'
import { type BlobContent, ContentFiles, partsOf } from '@apkts/oci'

/** A new file that is open under a temporary name. */
export interface NewFile {
  readonly temporary: string
  readonly file: FileHandle
}

export interface AtomicOptions {
  /** Default: what everybody may read and write, less the umask. */
  readonly mode?: number
  /** One that `createBeside` made for the same path, with something in it already. */
  readonly begun?: NewFile | undefined
}

/**
 * Writes a file whole or not at all: beside its place under a temporary name, then renamed over what was there.
 * After an error or a signal between, nothing but the old file is seen; what a killed process left goes with the next write.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  { mode = MODE, begun }: AtomicOptions = {},
): Promise<void> {
  if (begun === undefined) await removeAbandoned(dirname(path))
  const { temporary, file } = begun ?? { temporary: temporaryBeside(path) }
  await writeThenPublish({ temporary, file, target: path, mode }, write)
}

/** Creates a file that `writeAtomically` goes on with. If that is not called, whoever called this closes and removes it. */
export async function createBeside(path: string): Promise<NewFile> {
  await removeAbandoned(dirname(path))
  const temporary = temporaryBeside(path)
  return { temporary, file: await open(temporary, 'wx', MODE) }
}

/**
 * Gives a new file another temporary name. ext4 assigns blocks to a file and begins to write it when it is renamed over
 * another one, here an empty one, so that there is less to do when the file gets its place over an old one.
 */
export async function startFlush(path: string, { temporary, file }: NewFile): Promise<NewFile> {
  const next = temporaryBeside(path)
  await writeFile(next, '', { flag: 'wx' })
  try {
    await rename(temporary, next)
  } catch (error) {
    await rm(next, { force: true })
    throw error
  }
  return { temporary: next, file }
}

const MODE = 0o666

function temporaryBeside(path: string): string {
  return join(dirname(path), ownedName())
}

const CHUNK = 1 << 20
/** Chunks copied before anything else, such as a signal, gets its turn. */
const AT_A_TIME = 32

/**
 * Writes a content to an open file, from a position on, without handing each chunk to other threads, which would take
 * longer than copying it.
 */
export async function writeContent(file: FileHandle, content: BlobContent, position = 0): Promise<void> {
  const files = new ContentFiles()
  let start = position
  try {
    for (const part of partsOf(content)) {
      await writePart(file, part, { files, start })
      start += contentSize(part)
    }
  } finally {
    files.close()
  }
}

interface PartPlace {
  readonly files: ContentFiles
  readonly start: number
}

async function writePart(file: FileHandle, part: ContentRef, { files, start }: PartPlace): Promise<void> {
  const size = contentSize(part)
  const buffer = Buffer.allocUnsafeSlow(Math.min(size, CHUNK))
  for (let done = 0, count = 1; done < size; done += CHUNK, count++) {
    const chunk = buffer.subarray(0, Math.min(size - done, CHUNK))
    files.read(part, done, chunk)
    writeFully(file.fd, chunk, start + done)
    if (count % AT_A_TIME === 0) await setImmediate()
  }
}
