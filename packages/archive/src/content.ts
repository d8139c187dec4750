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

/** A stretch of a content, which has at least so many bytes. */
export function sliceContent(content: ContentRef, start: number, length: number): ContentRef {
  if (content.kind === 'bytes') return { kind: 'bytes', bytes: content.bytes.subarray(start, start + length) }
  return { ...content, offset: content.offset + start, size: length }
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

type FileRange = ContentRef & { readonly kind: 'file' }

async function* readRange(file: FileHandle, range: FileRange): AsyncGenerator<Uint8Array, void, void> {
  const { offset, size } = range
  for (let done = 0; done < size; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - done))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset + done)
    if (bytesRead === 0) throw endsEarly(range, done)
    yield buffer.subarray(0, bytesRead)
    done += bytesRead
  }
}

function endsEarly({ path, offset, size }: FileRange, done: number): ArchiveError {
  const message = `${path} ends early: ${size} bytes expected at ${offset}, ${done} found`
  return new ArchiveError('CONTENT_TRUNCATED', message, { at: { file: path } })
}

const SCAN_CHUNK = 1 << 20

/**
 * The content in chunks that are only valid until the next one is asked for: two buffers take turns, and one is filled
 * while the other is used. @throws ArchiveError `CONTENT_TRUNCATED`
 */
export async function* scanContent(ref: ContentRef): AsyncGenerator<Uint8Array, void, void> {
  if (ref.kind === 'bytes' || ref.size <= CHUNK) {
    yield* readContent(ref)
    return
  }
  const file = await open(ref.path, 'r')
  const buffers = [Buffer.allocUnsafeSlow(SCAN_CHUNK), Buffer.allocUnsafeSlow(SCAN_CHUNK)]
  const readAt = async (done: number, turn: number): Promise<Uint8Array> => {
    const target = buffers[turn % 2]!.subarray(0, ref.size - done)
    const { bytesRead } = await file.read(target, 0, target.length, ref.offset + done)
    if (bytesRead === 0) throw endsEarly(ref, done)
    return target.subarray(0, bytesRead)
  }
  let ahead = readAt(0, 0)
  try {
    for (let done = 0, turn = 1; done < ref.size; turn++) {
      const chunk = await ahead
      done += chunk.length
      if (done < ref.size) ahead = readAt(done, turn)
      yield chunk
    }
  } finally {
    await ahead.catch(() => {}) // the file must not be closed under it; a failure was thrown above, or nobody wants it
    await file.close()
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
