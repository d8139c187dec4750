import { open } from 'node:fs/promises'
import { type ContentRef, readContentFully } from '@apkts/archive'
import { utf8Decode } from '@apkts/encoding'
import { RootfsError } from '../error.ts'
import type { FileNode } from './node.ts'
import type { Tree } from './tree.ts'

/** Largest configuration file (passwd, bundles, lists) that is read into memory. */
const MAX_FILE_SIZE = 64 << 20

/** The regular file at a path, symlinks followed; undefined when there is none. */
export function fileAt(tree: Tree, path: string): FileNode | undefined {
  const node = tree.lookup(path)
  return node?.kind === 'file' ? node : undefined
}

/** Bytes of the regular file at a path; undefined when there is none. @throws RootfsError `FILE_TOO_LARGE` */
export async function readFileAt(tree: Tree, path: string): Promise<Uint8Array | undefined> {
  const file = fileAt(tree, path)
  return file === undefined ? undefined : readWhole(file.content, path)
}

/** Text of the regular file at a path; undefined when there is none. */
export async function readTextAt(tree: Tree, path: string): Promise<string | undefined> {
  const bytes = await readFileAt(tree, path)
  return bytes === undefined ? undefined : utf8Decode(bytes)
}

async function readWhole(content: ContentRef, path: string): Promise<Uint8Array> {
  const size = content.kind === 'bytes' ? content.bytes.length : content.size
  if (size > MAX_FILE_SIZE) {
    throw new RootfsError('FILE_TOO_LARGE', `${path} has ${size} bytes: expected at most ${MAX_FILE_SIZE}`)
  }
  return readContentFully(content, MAX_FILE_SIZE)
}

/** Gives `use` a reader of ranges of the content; the file behind it is open meanwhile. */
export async function withRangeReader<T>(
  content: ContentRef,
  use: (read: (offset: number, length: number) => Promise<Uint8Array>) => Promise<T>,
): Promise<T> {
  if (content.kind === 'bytes') {
    return use(async (offset, length) => content.bytes.subarray(offset, offset + length))
  }
  const file = await open(content.path, 'r')
  try {
    return await use(async (offset, length) => {
      const wanted = Math.max(Math.min(length, content.size - offset), 0)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, content.offset + offset)
      return buffer.subarray(0, bytesRead)
    })
  } finally {
    await file.close()
  }
}
