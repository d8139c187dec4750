import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { ApkError, type PackageRecord, recordFromPackage, splitApk } from '@apkts/apk'

/** Signature and control section of nearly every package fit into this. */
const FIRST_READ = 1 << 14
const GROWTH = 8

/**
 * Index record of a package file. Only its beginning is read, up to the end of the control section: the data section can
 * be gigabytes and the index says nothing about it. Synchronous: for thousands of small files the way through the thread
 * pool costs more than the reading.
 * @throws ApkError naming the file.
 */
export function readPackageRecord(path: string): PackageRecord {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    return readPackageStart({ file, size }, (start) => {
      const { pkgInfo, sections } = splitApk(start, path)
      return recordFromPackage(pkgInfo, sections.control.digest, size)
    })
  } finally {
    closeSync(file)
  }
}

/** An open file and its length in bytes. */
interface OpenPackage {
  readonly file: number
  readonly size: number
}

/** Hands the beginning of a package to `read`, and a longer one as long as it ends too early for that. */
export function readPackageStart<T>({ file, size }: OpenPackage, read: (start: Uint8Array) => T): T {
  for (let length = Math.min(FIRST_READ, size); ; length = Math.min(length * GROWTH, size)) {
    try {
      return read(readStart(file, length))
    } catch (error) {
      const cutOff = error instanceof ApkError && error.code === 'PACKAGE_TRUNCATED' && length < size
      if (!cutOff) throw error
    }
  }
}

function readStart(file: number, length: number): Uint8Array {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const bytesRead = readSync(file, buffer, filled, length - filled, filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
