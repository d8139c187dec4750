import { type FileHandle, open } from 'node:fs/promises'
import { concatBytes } from '@apkts/encoding'
import { ArchiveError, sizeLimitError } from './error.ts'

/** Where the bytes of a file are: in memory, or a range of a file on the host. */
export type ContentRef =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string; readonly offset: number; readonly size: number }

/** Length in bytes, without reading anything. */
export function contentSize(ref: ContentRef): number {
  return ref.kind === 'bytes' ? ref.bytes.length : ref.size
}

const CHUNK = 1 << 18

/** The content in chunks. @throws ArchiveError `CONTENT_TRUNCATED` when the file ends before the range does. */
export async function* readContent(ref: ContentRef): AsyncGenerator<Uint8Array, void, void> {
  if (ref.kind === 'bytes') {
    if (ref.bytes.length > 0) yield ref.bytes
    return
  }
  if (ref.size === 0) return
  const file = await open(ref.path, 'r')
  try {
    yield* readRange(file, ref)
  } finally {
    await file.close()
  }
}

async function* readRange(
  file: FileHandle,
  { path, offset, size }: { path: string; offset: number; size: number },
): AsyncGenerator<Uint8Array, void, void> {
  for (let done = 0; done < size; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - done))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset + done)
    if (bytesRead === 0) {
      throw new ArchiveError(
        'CONTENT_TRUNCATED',
        `${path} ends early: ${size} bytes expected at ${offset}, ${done} found`,
        {
          at: { file: path },
        },
      )
    }
    yield buffer.subarray(0, bytesRead)
    done += bytesRead
  }
}

/** The whole content in memory; refuses more than `limit` bytes. */
export async function readContentFully(ref: ContentRef, limit: number): Promise<Uint8Array> {
  if (contentSize(ref) > limit) throw sizeLimitError(ref.kind === 'file' ? ref.path : 'content', limit)
  if (ref.kind === 'bytes') return ref.bytes
  const parts: Uint8Array[] = []
  for await (const chunk of readContent(ref)) parts.push(chunk)
  return concatBytes(parts)
}
