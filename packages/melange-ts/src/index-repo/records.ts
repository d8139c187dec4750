import { statSync } from 'node:fs'
import type { PackageRecord } from '@apkts/apk'
import { isSystemError, type Log } from '@apkts/diagnostics'
import pLimit from 'p-limit'
import type { IndexMemory } from './memory.ts'
import { readPackageRecord } from './read-header.ts'

const PARALLEL_READS = 4

export interface ReadRecordsOptions {
  readonly arch?: string
  readonly log: Log
  /** What is known from the last run; files that did not change since are not opened. */
  readonly memory?: IndexMemory
}

/** Index records of package files, in order; those of another architecture than `arch` are left out with a warning. */
export async function readPackageRecords(
  files: readonly string[],
  { arch = '', log, memory }: ReadRecordsOptions,
): Promise<PackageRecord[]> {
  const limit = pLimit(PARALLEL_READS)
  const records = await Promise.all(
    files.map((file) => {
      const identity = memory === undefined ? undefined : identityOf(file)
      const known = identity === undefined ? undefined : memory?.recall(file, identity)
      return known ?? limit(() => readAndRemember(file, identity, memory))
    }),
  )
  return records.filter((record, at) => {
    const wanted = arch === '' || record.arch === arch
    if (!wanted) log.warn(`${files[at]} is for ${record.arch}, not ${arch}: left out`)
    return wanted
  })
}

async function readAndRemember(
  file: string,
  identity: string | undefined,
  memory: IndexMemory | undefined,
): Promise<PackageRecord> {
  const record = await readPackageRecord(file)
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
