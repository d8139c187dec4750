import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { ApkError, type RecordText, recordFromPackage, recordText, splitControl } from '@apkts/apk'
import { identityOfFacts } from './identity.ts'

/** Signature and control section of nearly every package fit into this. */
const FIRST_READ = 1 << 14
const GROWTH = 8

/** The index record of a package file, and which file it was. */
export interface ReadPackage {
  readonly record: RecordText
  /** Undefined for a file that is too young to be told from its next version. */
  readonly identity: string | undefined
}

/**
 * Index record of a package file. Only its beginning is read, up to the end of the control section: the data section can
 * be gigabytes and the index says nothing about it. Synchronous: for thousands of small files the way through the thread
 * pool costs more than the reading.
 * @throws ApkError naming the file.
 */
export function readPackageRecord(path: string): ReadPackage {
  const file = openSync(path, 'r')
  try {
    // Before anything is read: what is read is at least as new.
    const facts = fstatSync(file, { bigint: true })
    const size = Number(facts.size)
    const record = readPackageStart({ file, size }, READ_HERE, (start) => {
      const { part } = splitControl(start, path)
      return recordText(recordFromPackage(part.pkgInfo, part.sections.control.digest, size))
    })
    return { record, identity: identityOfFacts(facts) }
  } finally {
    closeSync(file)
  }
}

// Records keep nothing of the bytes they come from. A new buffer for each of thousands of packages keeps the collector busy.
const ONE_FOR_ALL = Buffer.allocUnsafeSlow(FIRST_READ)
const READ_HERE = (length: number): Buffer => (length <= FIRST_READ ? ONE_FOR_ALL : Buffer.allocUnsafe(length))

/** An open file and its length in bytes. */
interface OpenPackage {
  readonly file: number
  readonly size: number
}

/** Hands the beginning of a package to `read`, in bytes of `allocate`, and a longer one as long as it ends too early for that. */
export function readPackageStart<T>(
  { file, size }: OpenPackage,
  allocate: (length: number) => Buffer,
  read: (start: Uint8Array) => T,
): T {
  for (let length = Math.min(FIRST_READ, size); ; length = Math.min(length * GROWTH, size)) {
    try {
      return read(readStart(file, allocate(length), length))
    } catch (error) {
      const cutOff = error instanceof ApkError && error.code === 'PACKAGE_TRUNCATED' && length < size
      if (!cutOff) throw error
    }
  }
}

function readStart(file: number, buffer: Buffer, length: number): Uint8Array {
  let filled = 0
  while (filled < length) {
    const bytesRead = readSync(file, buffer, filled, length - filled, filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
