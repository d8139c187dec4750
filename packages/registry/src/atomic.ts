import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ContentRef, scanContent } from '@apkts/archive'
import { ownedName, removeAbandoned, writeThenPublish } from '@apkts/cache'

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

/** Appends a content to an open file. */
export async function writeContent(file: FileHandle, content: ContentRef): Promise<void> {
  for await (const chunk of scanContent(content)) await file.writeFile(chunk)
}
