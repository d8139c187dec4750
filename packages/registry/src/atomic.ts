import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type ContentRef, contentSize, writeFully } from '@apkts/archive'
import { ownedName, removeAbandoned, writeThenPublish } from '@apkts/cache'
import { type BlobContent, ContentFiles, partsOf } from '@apkts/oci'

/**
 * Writes a file whole or not at all: beside its place under a temporary name, then renamed over what was there.
 * After an error or a signal between, nothing but the old file is seen; what a killed process left goes with the next write.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  mode = 0o666,
): Promise<void> {
  await removeAbandoned(dirname(path))
  const temporary = join(dirname(path), ownedName())
  await writeThenPublish({ temporary, target: path, mode }, write)
}

const CHUNK = 1 << 20
/** Chunks copied before anything else, such as a signal, gets its turn. */
const AT_A_TIME = 32

/** Appends a content to an open file, without handing each chunk to other threads, which would take longer than copying it. */
export async function writeContent(file: FileHandle, content: BlobContent): Promise<void> {
  const files = new ContentFiles()
  try {
    for (const part of partsOf(content)) await writePart(file, part, files)
  } finally {
    files.close()
  }
}

async function writePart(file: FileHandle, part: ContentRef, files: ContentFiles): Promise<void> {
  const size = contentSize(part)
  const buffer = Buffer.allocUnsafeSlow(Math.min(size, CHUNK))
  for (let done = 0, count = 1; done < size; done += CHUNK, count++) {
    const chunk = buffer.subarray(0, Math.min(size - done, CHUNK))
    files.read(part, done, chunk)
    writeFully(file.fd, chunk)
    if (count % AT_A_TIME === 0) await setImmediate()
  }
}
