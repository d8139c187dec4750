import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { mergeIndex, type PackageRecord, readIndexArchive, writeIndexArchive } from '@apkts/apk'
import { writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { type PrivateKey, signIndex } from '@apkts/keyring'
import { withFileLock } from './lock.ts'

export interface IndexUpdate {
  /** File to write. */
  readonly output: string
  /** Index whose records are kept; missing: none. Its signature is not looked at. */
  readonly source?: string | undefined
  /** In order; one with the same name and version as an existing record takes its place. */
  readonly records: readonly PackageRecord[]
  readonly key?: PrivateKey | undefined
}

/** Adds records to an index and signs it. Concurrent updates of one file wait for each other; readers never see half a file. */
export async function updateIndex({ output, source, records, key }: IndexUpdate): Promise<void> {
  await mkdir(dirname(output), { recursive: true })
  await withFileLock(output, async () => {
    const existing = source === undefined ? undefined : await readIndex(source)
    const merged = mergeIndex(existing?.records ?? [], records)
    const unsigned = writeIndexArchive(merged, existing?.description ?? '')
    await writeFileAtomic(output, key === undefined ? unsigned : signIndex(unsigned, key))
  })
}

async function readIndex(path: string) {
  try {
    return readIndexArchive(await readFile(path), { file: path })
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}
