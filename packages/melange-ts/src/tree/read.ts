import { closeSync, openSync, readSync } from 'node:fs'
import { type ContentRef, contentSize } from '@apkts/archive'

/** Bytes that can be read at any place. */
export interface RandomAccess {
  readonly size: number
  /** Exactly `length` bytes at `offset`; undefined when they are not all there. */
  read(offset: number, length: number): Uint8Array | undefined
}

/** Random access to bytes in memory. */
export function bytesAccess(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) =>
      isInside(bytes.length, offset, length) ? bytes.subarray(offset, offset + length) : undefined,
  }
}

/** Opens a content, hands it to `use` and closes it again. */
export function withContent<T>(content: ContentRef, use: (access: RandomAccess) => T): T {
  if (content.kind === 'bytes') return use(bytesAccess(content.bytes))
  const file = openSync(content.path, 'r')
  try {
    return use({
      size: content.size,
      read: (offset, length) =>
        isInside(content.size, offset, length) ? readExactly(file, content.offset + offset, length) : undefined,
    })
  } finally {
    closeSync(file)
  }
}

/** At most the first `length` bytes. */
export function readStart(content: ContentRef, length: number): Uint8Array {
  const wanted = Math.min(length, contentSize(content))
  return withContent(content, (access) => access.read(0, wanted)) ?? new Uint8Array()
}

function isInside(size: number, offset: number, length: number): boolean {
  return (
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= size
  )
}

function readExactly(file: number, offset: number, length: number): Uint8Array | undefined {
  const buffer = Buffer.allocUnsafe(length)
  for (let done = 0; done < length; ) {
    const count = readSync(file, buffer, done, length - done, offset + done)
    if (count === 0) return undefined
    done += count
  }
  return buffer
}
