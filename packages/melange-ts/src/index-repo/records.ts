import type { PackageRecord } from '@apkts/apk'
import type { Log } from '@apkts/diagnostics'
import { identityOf } from './identity.ts'
import type { IndexMemory } from './memory.ts'
import { readPackageRecord } from './read-header.ts'

export interface ReadRecordsOptions {
  readonly arch?: string
  readonly log: Log
  /** What is known from the last run; files that did not change since are not opened. */
  readonly memory?: IndexMemory
  /** What `identityOf` has just said of each file; when absent it is asked. */
  readonly identities?: readonly (string | undefined)[]
}

/** Index records of package files, in order; those of another architecture than `arch` are left out with a warning. */
export function readPackageRecords(
  files: readonly string[],
  { arch = '', log, memory, identities }: ReadRecordsOptions,
): PackageRecord[] {
  return files.flatMap((file, at) => {
    const record = readRecord(file, memory, () => (identities === undefined ? identityOf(file) : identities[at]))
    if (arch === '' || record.arch === arch) return [record]
    log.warn(`${file} is for ${record.arch}, not ${arch}: left out`)
    return []
  })
}

function readRecord(
  file: string,
  memory: IndexMemory | undefined,
  identityNow: () => string | undefined,
): PackageRecord {
  if (memory === undefined) return readPackageRecord(file).record
  const expected = identityNow()
  const known = expected === undefined ? undefined : memory.recall(file, expected)
  if (known !== undefined) return known
  const { record, identity } = readPackageRecord(file)
  if (identity !== undefined) memory.remember(file, identity, record)
  return record
}
