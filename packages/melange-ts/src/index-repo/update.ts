import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type IndexEntries, mergeIndexText, type RecordText, readIndexEntries, writeIndexEntries } from '@apkts/apk'
import { removeAbandoned, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { KeyringError, type Keys, type PrivateKey, signIndex, verifyIndex } from '@apkts/keyring'
import { IndexError } from './error.ts'
import { withFileLock } from './lock.ts'
import type { OwnBodies } from './own-body.ts'

export interface IndexUpdate {
  /** File to write. */
  readonly output: string
  /** Index whose records are kept; missing: none. */
  readonly source?: string | undefined
  /** Keys one of which must have signed the source; without it the source is taken as it is. */
  readonly trusted?: Keys | undefined
  /** In order; one with the same name and version as an existing record takes its place. */
  readonly records: readonly RecordText[]
  /** One key, or several that sign side by side. */
  readonly key?: PrivateKey | readonly PrivateKey[] | undefined
  /** Tells whether the output was compressed here before; makes large indexes faster and changes nothing else. */
  readonly bodies?: OwnBodies | undefined
}

/**
 * Adds records to an index and signs it. Concurrent updates of one file wait for each other; readers never see half a file.
 * A file that already has these bytes is left alone. Returns whether it was written.
 * @throws IndexError `INDEX_SOURCE` for a source that nobody trusted vouches for, ApkError for one that is damaged.
 */
export async function updateIndex(update: IndexUpdate): Promise<boolean> {
  const { output, key, bodies } = update
  await mkdir(dirname(output), { recursive: true })
  return withFileLock(output, async () => {
    await removeAbandoned(dirname(output))
    const before = await readIfPresent(output)
    const own = before === undefined ? undefined : await bodies?.bodyOf(before)
    const entries = await readSource(update, before, own)
    const isOwn = own !== undefined && update.source === output
    const text = mergeIndexText(entries.text, update.records, { file: `${update.source}: APKINDEX`, isOwn })
    const unsigned = writeIndexEntries({ ...entries, text }, earlierOf(update, own, entries))
    const bytes = key === undefined ? unsigned : signIndex(unsigned, key)
    const isNew = before?.equals(bytes) !== true
    if (isNew) await writeFileAtomic(output, bytes)
    await bodies?.note(unsigned)
    return isNew
  })
}

const NOTHING = { text: new Uint8Array(0), description: '' }

type Contents = Pick<IndexEntries, 'text' | 'description'>

/** `before` is the output as it is, `own` its unsigned part if it was compressed here. */
async function readSource(
  { source, output, trusted }: IndexUpdate,
  before: Uint8Array | undefined,
  own: Uint8Array | undefined,
): Promise<Contents> {
  if (source === undefined) return NOTHING
  const bytes = source === output ? before : await readIfPresent(source)
  if (bytes === undefined) return NOTHING
  if (trusted !== undefined) return readIndexEntries(verified(bytes, source, trusted), { file: source })
  return readIndexEntries(source === output ? (own ?? bytes) : bytes, { file: source })
}

function earlierOf({ source, output }: IndexUpdate, own: Uint8Array | undefined, entries: Contents) {
  if (own === undefined) return undefined
  return { bytes: own, entries: source === output ? entries : readIndexEntries(own, { file: output }) }
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
