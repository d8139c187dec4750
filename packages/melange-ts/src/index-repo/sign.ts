import { type FileHandle, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { removeAbandoned, writeFileAtomic } from '@apkts/cache'
import {
  addIndexSignature,
  indexSignatureNames,
  judgeSignatures,
  type PackageSignature,
  type PrivateKey,
  readSignatureMember,
  signIndex,
  signPackageStart,
  stripIndexSignatures,
} from '@apkts/keyring'
import { IndexError } from './error.ts'
import { withFileLock } from './lock.ts'
import { readPackageStart } from './read-header.ts'

type Signers = PrivateKey | readonly PrivateKey[]

/** Signs a package file in place, replacing the signatures it may have. The data section is copied as a stream. */
export async function signPackageFile(file: string, signers: Signers): Promise<void> {
  const opened = await open(file)
  try {
    const { mode, size } = await opened.stat()
    const signature = readPackageStart({ file: opened.fd, size }, Buffer.allocUnsafe, (start) =>
      signPackageStart(start, signers, file),
    )
    await writeFileAtomic(file, signedBytes(opened, signature), { mode: mode & 0o777 })
  } finally {
    await opened.close()
  }
}

/** Of the file that was opened, whatever another process may put in its place. */
async function* signedBytes(
  opened: FileHandle,
  { section, controlOffset }: PackageSignature,
): AsyncGenerator<Uint8Array, void, void> {
  yield section
  yield* opened.createReadStream({ start: controlOffset, autoClose: false, highWaterMark: COPIED_AT_ONCE })
}

const COPIED_AT_ONCE = 1 << 20

/** What to do with signatures that are there already. */
export type ExistingSignatures = 'refuse' | 'drop' | 'keep'

/**
 * Signs an index file in place. `existing` says what happens to other signatures: `drop` writes the index anew with ours
 * alone, `keep` puts ours beside them, `refuse` is an error. An index that carries good signatures by all our keys stays
 * untouched unless they are dropped. Returns whether the file was written.
 * @throws IndexError `INDEX_SIGNED`.
 */
export async function signIndexFile(
  file: string,
  signers: Signers,
  options: { readonly existing: ExistingSignatures },
): Promise<boolean> {
  return withFileLock(file, async () => {
    await removeAbandoned(dirname(file))
    const bytes = await readFile(file)
    const signed = signAgain(bytes, file, [signers].flat(), options.existing)
    if (signed === undefined) return false
    const { mode } = await stat(file)
    await writeFileAtomic(file, signed, { mode: mode & 0o777 })
    return true
  })
}

function signAgain(
  bytes: Uint8Array,
  file: string,
  signers: readonly PrivateKey[],
  existing: ExistingSignatures,
): Uint8Array | undefined {
  const names = indexSignatureNames(bytes)
  if (names.length === 0) return signIndex(bytes, signers)
  if (existing === 'drop') return signIndex(stripIndexSignatures(bytes), signers)
  if (isSignedBy(bytes, file, signers)) return undefined
  if (existing === 'keep') return signers.reduce((signed, key) => addIndexSignature(signed, key, file), bytes)
  const ours = signers.map(({ name }) => name).join(', ')
  throw new IndexError('INDEX_SIGNED', `${file} is signed already, and not by ${ours}: ${names.join(', ')}`, {
    at: { file },
    hint: 'Put the new signature beside the others with --add, or drop them with --force.',
  })
}

function isSignedBy(bytes: Uint8Array, file: string, signers: readonly PrivateKey[]): boolean {
  const { signatures, end } = readSignatureMember(bytes, file, -1)
  const keys = new Map(signers.map(({ name, publicPem }) => [name, publicPem]))
  const { judgements } = judgeSignatures(signatures, bytes.subarray(end), keys)
  const good = judgements.filter(({ state }) => state === 'good').map(({ keyName }) => keyName)
  return signers.every(({ name }) => good.includes(name))
}
