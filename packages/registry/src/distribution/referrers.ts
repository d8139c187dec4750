import { digestHex, type JsonValue } from '@apkts/encoding'
import { type Artifact, type Descriptor, MEDIA_TYPE, referrerJson, storedDocument } from '@apkts/oci'
import { RegistryError } from '../error.ts'
import { blobOf } from '../sink.ts'
import { putManifest } from './manifest.ts'
import { refusal } from './refusal.ts'
import type { RemoteRepository } from './repository.ts'
import type { Answer } from './requests.ts'
import { type BlobOptions, pushBlob } from './upload.ts'

/**
 * Stores an artifact beside its subject (OCI distribution-spec 1.1). Registries that know referrers list it themselves; for
 * others the list is kept under the tag `sha256-<hex>` of the subject. An artifact that is listed is not stored again.
 * @throws RegistryError `UPLOAD_FAILED`, `DENIED`, `BLOB_MISMATCH`
 */
export async function pushReferrer(remote: RemoteRepository, artifact: Artifact, options: BlobOptions): Promise<void> {
  const byRegistry = await remote.send({ method: 'GET', path: `referrers/${artifact.subject.digest}` })
  const knowsReferrers = byRegistry.status === 200
  const listed = knowsReferrers ? listOf(remote, byRegistry) : await taggedReferrers(remote, artifact.subject)
  if (listed.some(({ digest }) => digest === artifact.manifest.digest)) return
  for (const blob of artifact.blobs) await pushBlob(remote, blobOf(blob), options)
  const stored = await putManifest(remote, artifact.manifest)
  if (knowsReferrers || stored.header('oci-subject') !== undefined) return
  const list = storedDocument(MEDIA_TYPE.index, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.index,
    manifests: [...listed, referrerJson(artifact)],
  })
  await putManifest(remote, list, fallbackTag(artifact.subject))
}

type Listed = { readonly [key: string]: JsonValue | undefined }

/** The list that clients keep where the registry does not (referrers tag schema). */
async function taggedReferrers(remote: RemoteRepository, subject: Descriptor): Promise<Listed[]> {
  const path = `manifests/${fallbackTag(subject)}`
  const answer = await remote.send({ method: 'GET', path, headers: { accept: MEDIA_TYPE.index } })
  if (answer.status === 404) return []
  if (answer.status !== 200) throw refusal(remote, fallbackTag(subject), answer)
  return listOf(remote, answer)
}

function listOf({ registry, repository }: RemoteRepository, { text }: Answer): Listed[] {
  const manifests = manifestsOf(text)
  if (manifests !== undefined) return manifests
  throw new RegistryError('UPLOAD_FAILED', `${registry}/${repository}: the list of referrers there is no image index`, {
    hint: 'Remove the tag that begins with sha256-, or publish without --attach-sbom.',
  })
}

function manifestsOf(text: string): Listed[] | undefined {
  try {
    const { manifests } = JSON.parse(text) as { manifests?: unknown }
    return Array.isArray(manifests) && manifests.every((entry) => typeof entry === 'object' && entry !== null)
      ? manifests
      : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

function fallbackTag({ digest }: Descriptor): string {
  return `sha256-${digestHex(digest)}`
}
