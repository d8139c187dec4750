import type { StoredDocument } from '@apkts/oci'
import { refusal } from './refusal.ts'
import type { RemoteRepository } from './repository.ts'
import type { Answer } from './requests.ts'
import { mismatch } from './upload.ts'

/** True when exactly that document is stored under the tag or digest. */
export async function hasManifest(
  remote: RemoteRepository,
  { mediaType, digest }: StoredDocument,
  reference: string,
): Promise<boolean> {
  const known = await remote.send({ method: 'HEAD', path: `manifests/${reference}`, headers: { accept: mediaType } })
  const stored = known.header('docker-content-digest') ?? (reference === digest ? digest : undefined)
  return known.status === 200 && stored === digest
}

/**
 * Stores a manifest or index under a tag or its digest (OCI distribution-spec, pushing manifests).
 * @throws RegistryError `UPLOAD_FAILED`, `DENIED`, `BLOB_MISMATCH`
 */
export async function putManifest(
  remote: RemoteRepository,
  document: StoredDocument,
  reference: string = document.digest,
): Promise<Answer> {
  const headers = { 'content-type': document.mediaType }
  const path = `manifests/${reference}`
  const stored = await remote.send({ method: 'PUT', path, headers, body: document.bytes })
  if (stored.status < 200 || stored.status > 299) throw refusal(remote, reference, stored)
  const digest = stored.header('docker-content-digest')
  if (digest !== undefined && digest !== document.digest) throw mismatch(remote, document.digest)
  return stored
}
