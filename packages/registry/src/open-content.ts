import { closeSync, openSync, read } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { ArchiveError, type ContentRef } from '@apkts/archive'
import { type BlobContent, partsOf } from '@apkts/oci'

/** A content whose files are open, so that they may be renamed or removed. */
export interface OpenContent {
  /** Copies it into a file, from a position on, in other threads. @throws ArchiveError `CONTENT_TRUNCATED` */
  copyTo(file: FileHandle, position: number, signal: AbortSignal): Promise<void>
  close(): void
}

/** Opens the files of a content. @throws a system error */
export function openContent(content: BlobContent): OpenContent {
  const parts = partsOf(content)
  const descriptors = new Map<string, number>()
  const close = (): void => {
    for (const descriptor of descriptors.values()) closeSync(descriptor)
  }
  try {
    for (const part of parts) {
      if (part.kind === 'file' && !descriptors.has(part.path)) descriptors.set(part.path, openSync(part.path, 'r'))
    }
  } catch (error) {
    close()
    throw error
  }
  return {
    async copyTo(file, position, signal) {
      let start = position
      for await (const chunk of chunksOf(parts, descriptors)) {
        signal.throwIfAborted()
        await writeAll(file, chunk, start)
        start += chunk.length
      }
    },
    close,
  }
}

/** Large, because handing a chunk to another thread and back takes as long as copying half a MiB. */
const CHUNK = 4 << 20

const readAt = promisify(read)

/** Each is only valid until the next is asked for. */
async function* chunksOf(
  parts: readonly ContentRef[],
  descriptors: ReadonlyMap<string, number>,
): AsyncGenerator<Uint8Array, void, void> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK)
  for (const part of parts) {
    if (part.kind === 'bytes') yield part.bytes
    else yield* rangeOf(part, descriptors.get(part.path)!, buffer)
  }
}

async function* rangeOf(
  { path, offset, size }: ContentRef & { readonly kind: 'file' },
  descriptor: number,
  buffer: Buffer,
): AsyncGenerator<Uint8Array, void, void> {
  for (let done = 0; done < size; ) {
    const { bytesRead } = await readAt(descriptor, buffer, 0, Math.min(size - done, buffer.length), offset + done)
    if (bytesRead === 0) throw new ArchiveError('CONTENT_TRUNCATED', `${path} ends early`, { at: { file: path } })
    yield buffer.subarray(0, bytesRead)
    done += bytesRead
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, done, chunk.length - done, position + done)
    done += bytesWritten
  }
}
