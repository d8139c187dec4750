import { randomBytes } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'

/** A file without a name, which nothing leaves behind: it goes when the last program that has it open ends. */
export async function unnamedFile(directory: string, content: readonly Uint8Array[] = []): Promise<FileHandle> {
  const path = join(directory, `melange-ts-${randomBytes(8).toString('hex')}`)
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  if (content.length > 0) await file.writev([...content])
  return file
}
