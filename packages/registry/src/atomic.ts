import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type ContentRef, scanContent } from '@apkts/archive'
import { writeThenPublish } from '@apkts/cache'

/**
 * Writes a file whole or not at all: beside its place under a temporary name, then renamed over what was there.
 * After an error or a signal between, nothing but the old file is seen.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  mode = 0o666,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  await writeThenPublish({ temporary, target: path, mode }, write)
}

/** Appends a content to an open file. */
export async function writeContent(file: FileHandle, content: ContentRef): Promise<void> {
  for await (const chunk of scanContent(content)) await file.writeFile(chunk)
}
