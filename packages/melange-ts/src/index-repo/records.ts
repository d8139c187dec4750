import type { RecordText } from '@apkts/apk'
import type { Log } from '@apkts/diagnostics'
import { identityOf } from './identity.ts'
import type { IndexMemory } from './memory.ts'
import { type ReadPackage, readPackageRecord } from './read-header.ts'

export interface ReadRecordsOptions {
  readonly arch?: string
  readonly log: Log
  /** What is known from the last run; files that did not change since are not opened. */
  readonly memory?: IndexMemory | undefined
  /** What `identityOf` has just said of each file; when absent it is asked. */
  readonly identities?: readonly (string | undefined)[] | undefined
}

export interface ReadRecords {
  /** In order; those of another architecture are left out. */
  readonly records: RecordText[]
  /** Of every file, as it was when it was read. */
  readonly identities: readonly (string | undefined)[]
}

/** Index records of package files, in order; those of another architecture than `arch` are left out with a warning. */
export function readPackageRecords(
  files: readonly string[],
  { arch = '', log, memory, identities }: ReadRecordsOptions,
): ReadRecords {
  const read = files.map((file, at) =>
    readRecord(file, memory, () => (identities === undefined ? identityOf(file) : identities[at])),
  )
  const records = read.flatMap(({ record }, at) => {
    if (arch === '' || record.arch === arch) return [record]
    log.warn(`${files[at]} is for ${record.arch}, not ${arch}: left out`)
    return []
  })
  return { records, identities: read.map(({ identity }) => identity) }
}

function readRecord(file: string, memory: IndexMemory | undefined, identityNow: () => string | undefined): ReadPackage {
  if (memory === undefined) return readPackageRecord(file)
  if (!memory.isEmpty) {
    const identity = identityNow()
    const record = identity === undefined ? undefined : memory.recall(file, identity)
    if (record !== undefined) return { record, identity }
  }
  const read = readPackageRecord(file)
  if (read.identity !== undefined) memory.remember(file, read.identity, read.record)
  return read
}
