import { closeSync, createReadStream, fstatSync, openSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { statedSize } from '@apkts/archive'
import { concatBytes } from '@apkts/encoding'
import type { MemoryGate } from './memory-gate.ts'

/** A package file to be expanded: in one piece where there is room for that, else as a stream. */
export interface PackageBytes {
  readonly bytes: AsyncIterable<Uint8Array> | Uint8Array
  /** Makes room for others; called once, when the bytes are not needed any more. */
  release(): void
}

const CHUNK = 1 << 18
/** Of what is larger, parts are better inflated, hashed and written side by side. */
const AT_ONCE = 1 << 24
/** Below this, handing the reading to another thread takes longer than doing it. */
const SYNC_BELOW = 1 << 18
const readInPool = promisify(read)

/** Opens a package on this machine. Waits until there is room for it, its inflated form included. @throws a system error */
export async function openPackageBytes(path: string, gate: MemoryGate): Promise<PackageBytes> {
  const descriptor = openSync(path, 'r')
  try {
    const stats = fstatSync(descriptor)
    const weight = stats.isFile()
      ? stats.size + statedSize(lastBytes(descriptor, stats.size))
      : Number.POSITIVE_INFINITY
    if (weight > Math.min(gate.total, AT_ONCE)) return streamed(createReadStream(path, { highWaterMark: CHUNK }))
    const release = await gate.enter(weight)
    try {
      return { bytes: await readWhole(descriptor, stats.size), release }
    } catch (error) {
      release()
      throw error
    }
  } finally {
    closeSync(descriptor)
  }
}

/** A download, collected while it is at most `expected` bytes long; what turns out to be longer is a stream after all. */
export async function collectPackageBytes(
  source: AsyncIterable<Uint8Array>,
  expected: number,
  gate: MemoryGate,
): Promise<PackageBytes> {
  const parts: Uint8Array[] = []
  const iterator = source[Symbol.asyncIterator]()
  let size = 0
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    parts.push(next.value)
    size += next.value.length
    if (size > expected) return streamed(continued(parts, iterator))
  }
  const bytes = concatBytes(parts)
  const weight = size + statedSize(bytes)
  if (weight > Math.min(gate.total, AT_ONCE)) return streamed(continued([bytes], iterator))
  return { bytes, release: await gate.enter(weight) }
}

function streamed(bytes: AsyncIterable<Uint8Array>): PackageBytes {
  return { bytes, release: () => {} }
}

async function* continued(
  parts: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* parts
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

function lastBytes(descriptor: number, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(size, 4))
  return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, size - bytes.length))
}

async function readWhole(descriptor: number, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(size)
  for (let done = 0; done < size; ) {
    const count = await readSome(descriptor, bytes, done)
    if (count === 0) return bytes.subarray(0, done)
    done += count
  }
  return bytes
}

async function readSome(descriptor: number, bytes: Buffer, done: number): Promise<number> {
  const length = bytes.length - done
  if (length < SYNC_BELOW) return readSync(descriptor, bytes, done, length, done)
  return (await readInPool(descriptor, bytes, done, length, done)).bytesRead
}
