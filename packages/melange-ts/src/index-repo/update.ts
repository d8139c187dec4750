import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { mergeIndexText, type PackageRecord, readIndexEntries, writeIndexEntries } from '@apkts/apk'
import { writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { KeyringError, type Keys, type PrivateKey, signIndex, verifyIndex } from '@apkts/keyring'
import { IndexError } from './error.ts'
import { withFileLock } from './lock.ts'

export interface IndexUpdate {
  /** File to write. */
  readonly output: string
  /** Index whose records are kept; missing: none. */
  readonly source?: string | undefined
  /** Keys one of which must have signed the source; without it the source is taken as it is. */
  readonly trusted?: Keys | undefined
  /** In order; one with the same name and version as an existing record takes its place. */
  readonly records: readonly PackageRecord[]
  /** One key, or several that sign side by side. */
  readonly key?: PrivateKey | readonly PrivateKey[] | undefined
}

/**
 * Adds records to an index and signs it. Concurrent updates of one file wait for each other; readers never see half a file.
 * A file that already has these bytes is left alone. Returns whether it was written.
 * @throws IndexError `INDEX_SOURCE` for a source that nobody trusted vouches for, ApkError for one that is damaged.
 */
export async function updateIndex({ output, source, trusted, records, key }: IndexUpdate): Promise<boolean> {
  await mkdir(dirname(output), { recursive: true })
  return withFileLock(output, async () => {
    const before = await readIfPresent(output)
    const sourceBytes = source === undefined || source === output ? before : await readIfPresent(source)
    const { text, description } =
      source === undefined || sourceBytes === undefined ? NO_RECORDS : readSource(sourceBytes, source, trusted)
    const merged = mergeIndexText(text, records, `${source}: APKINDEX`)
    const unsigned = writeIndexEntries({ text: merged, description })
    const bytes = key === undefined ? unsigned : signIndex(unsigned, key)
    if (before?.equals(bytes) === true) return false
    await writeFileAtomic(output, bytes)
    return true
  })
}

const NO_RECORDS = { text: new Uint8Array(0), description: '' }

function readSource(bytes: Uint8Array, path: string, trusted: Keys | undefined) {
  return readIndexEntries(trusted === undefined ? bytes : verified(bytes, path, trusted), { file: path })
}

function verified(bytes: Uint8Array, path: string, trusted: Keys): Uint8Array {
  try {
    return verifyIndex(bytes, trusted, path).signedBytes
  } catch (cause) {
    if (!(cause instanceof KeyringError)) throw cause
    throw new IndexError('INDEX_SOURCE', `the records of ${path} are not taken over: ${cause.message}`, {
      at: { file: path },
      hint: 'Name its public key with --keyring-append, or take it as it is with --ignore-signatures.',
      notes: cause.notes,
      cause,
    })
  }
}

async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}
