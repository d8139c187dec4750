import { hex } from '@apkts/encoding'
import { RepositoryError } from '../error.ts'
import { redactUrl } from '../urls.ts'

/** A package to fetch: where it is, and what it must be. */
export interface PackageReference {
  /** URL or path of the file. */
  readonly url: string
  readonly name: string
  readonly version: string
  /** SHA-1 of the control section, from the index or the lock file. */
  readonly checksum: Uint8Array | undefined
  /** Bytes of the file, where that is known. */
  readonly size?: number | undefined
}

/** The checksum in hex. @throws RepositoryError `PACKAGE_NO_CHECKSUM`. */
export function checksumHex(reference: PackageReference): string {
  const { checksum } = reference
  if (checksum?.length === 20) return hex(checksum)
  const place = redactUrl(reference.url)
  throw new RepositoryError('PACKAGE_NO_CHECKSUM', `${place}: its index has no Q1 checksum, so it cannot be verified`, {
    hint: 'Rebuild the index of the repository.',
  })
}

/** Refuses a package that is not the build it was fetched as. @throws RepositoryError `PACKAGE_MISMATCH`. */
export function checkIdentity(
  reference: PackageReference,
  found: { readonly name: string; readonly version: string },
): void {
  if (found.name === reference.name && found.version === reference.version) return
  const expected = `${reference.name}-${reference.version}`
  const message = `${redactUrl(reference.url)}: expected the package ${expected}, found ${found.name}-${found.version}`
  throw new RepositoryError('PACKAGE_MISMATCH', message, { hint: 'Rebuild the index of the repository.' })
}
