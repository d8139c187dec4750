import { statSync } from 'node:fs'
import type { PackageRecord } from '@apkts/apk'
import { isSystemError, type Log } from '@apkts/diagnostics'
import type { IndexMemory } from './memory.ts'
import { readPackageRecord } from './read-header.ts'

export interface ReadRecordsOptions {
  readonly arch?: string
  readonly log: Log
  /** What is known from the last run; files that did not change since are not opened. */
  readonly memory?: IndexMemory
}

/** Index records of package files, in order; those of another architecture than `arch` are left out with a warning. */
export function readPackageRecords(
  files: readonly string[],
  { arch = '', log, memory }: ReadRecordsOptions,
): PackageRecord[] {
  return files.flatMap((file) => {
    const record = readRecord(file, memory)
    if (arch === '' || record.arch === arch) return [record]
    log.warn(`${file} is for ${record.arch}, not ${arch}: left out`)
    return []
  })
}

function readRecord(file: string, memory: IndexMemory | undefined): PackageRecord {
  const identity = memory === undefined ? undefined : identityOf(file)
  const known = identity === undefined ? undefined : memory?.recall(file, identity)
  if (known !== undefined) return known
  const record = readPackageRecord(file)
  if (identity !== undefined && identity === identityOf(file)) memory?.remember(file, identity, record)
  return record
}

/**
 * Changes whenever the file does; undefined for a file that is not there or too young: its next change could fall into the
 * same tick of the file system's clock. Synchronous: thousands of calls to the thread pool would cost more than they wait.
 */
export function identityOf(path: string): string | undefined {
  try {
    const { size, mtimeNs, ctimeNs, ino, dev } = statSync(path, { bigint: true })
    const age = BigInt(Date.now()) * 1_000_000n - ctimeNs
    return age < SETTLED ? undefined : `${size}:${mtimeNs}:${ctimeNs}:${ino}:${dev}`
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined // reading it says so
    throw error
  }
}

const SETTLED = 50_000_000n
