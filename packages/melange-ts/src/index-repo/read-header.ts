import { type FileHandle, open } from 'node:fs/promises'
import { ApkError, type PackageRecord, recordFromPackage, splitApk } from '@apkts/apk'

/** Signature and control section of nearly every package fit into this. */
const FIRST_READ = 1 << 15
const GROWTH = 8

/**
 * Index record of a package file. Only its beginning is read, up to the end of the control section: the data section can
 * be gigabytes and the index says nothing about it.
 * @throws ApkError naming the file.
 */
export async function readPackageRecord(path: string): Promise<PackageRecord> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    return await readGrowing(file, path, size)
  } finally {
    await file.close()
  }
}

async function readGrowing(file: FileHandle, path: string, size: number): Promise<PackageRecord> {
  for (let length = Math.min(FIRST_READ, size); ; length = Math.min(length * GROWTH, size)) {
    const bytes = await readStart(file, length)
    try {
      const { pkgInfo, sections } = splitApk(bytes, path)
      return recordFromPackage(pkgInfo, sections.control.digest, size)
    } catch (error) {
      const cutOff = error instanceof ApkError && error.code === 'PACKAGE_TRUNCATED' && length < size
      if (!cutOff) throw error
    }
  }
}

async function readStart(file: FileHandle, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
