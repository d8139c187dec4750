import { readFile, stat } from 'node:fs/promises'
import { writeFileAtomic } from '@apkts/cache'
import { indexSignatureNames, type PrivateKey, signIndex, signPackage, stripIndexSignatures } from '@apkts/keyring'

/** Signs a package file in place, replacing a signature it may have. */
export async function signPackageFile(file: string, key: PrivateKey): Promise<void> {
  const { mode } = await stat(file)
  await writeFileAtomic(file, signPackage(await readFile(file), key, file), { mode: mode & 0o777 })
}

/**
 * Signs an index file in place. A signed one stays untouched, unless `force` is set: then its signatures are dropped first.
 * Returns the names of the signatures that were there.
 */
export async function signIndexFile(
  file: string,
  key: PrivateKey,
  options: { readonly force: boolean },
): Promise<string[]> {
  const bytes = await readFile(file)
  const existing = indexSignatureNames(bytes)
  if (existing.length > 0 && !options.force) return existing
  const { mode } = await stat(file)
  await writeFileAtomic(file, signIndex(options.force ? stripIndexSignatures(bytes) : bytes, key), {
    mode: mode & 0o777,
  })
  return existing
}
