import { RegistryError } from '../error.ts'
import type { Blob } from '../sink.ts'
import { isDigestMismatch, refusal } from './refusal.ts'
import type { RemoteRepository } from './repository.ts'
import { sendContent, type UploadOptions } from './upload-content.ts'
import { startUpload } from './upload-session.ts'

export interface BlobOptions extends UploadOptions {
  /** Repositories of the same registry where the blob may be. */
  readonly mountFrom: readonly string[]
}

/** How a blob came into a repository. */
export type BlobOutcome = 'present' | 'mounted' | 'sent'

/** What arrived may differ once, after an upload that was resumed; a second time something is wrong. */
const TRIES = 2

/**
 * Brings a blob into a repository (OCI distribution-spec, pushing blobs): nothing when it is there, mounted from another
 * repository that has it, else sent and, where the connection breaks, resumed.
 * @throws RegistryError `UPLOAD_FAILED`, `DENIED`, `BLOB_MISMATCH`
 */
export async function pushBlob(remote: RemoteRepository, blob: Blob, options: BlobOptions): Promise<BlobOutcome> {
  if (await hasBlob(remote, `blobs/${blob.digest}`)) return 'present'
  const from = await holderOf(remote, blob, options.mountFrom)
  for (let tries = 1; ; tries++) {
    const session = await startUpload(remote, blob, tries === 1 ? from : undefined)
    if (session === undefined) return 'mounted'
    const commit = new URL(await sendContent(remote, blob, session, options))
    commit.searchParams.set('digest', blob.digest)
    const done = await remote.send({ method: 'PUT', path: commit.href })
    if (done.status === 201) return 'sent'
    // An answer to a first PUT that got lost: the second finds the upload gone and the blob there.
    if (done.status === 404 && (await hasBlob(remote, `blobs/${blob.digest}`))) return 'sent'
    if (!isDigestMismatch(done)) throw refusal(remote, blob.digest, done)
    if (tries === TRIES) throw mismatch(remote, blob.digest)
  }
}

/** The first of the repositories that has the blob. */
async function holderOf(remote: RemoteRepository, { digest }: Blob, repositories: readonly string[]) {
  for (const name of repositories) {
    if (name === remote.repository) continue
    if (await hasBlob(remote, remote.absolute(`/v2/${name}/blobs/${digest}`))) return name
  }
  return undefined
}

async function hasBlob(remote: RemoteRepository, path: string): Promise<boolean> {
  return (await remote.send({ method: 'HEAD', path })).status === 200
}

/** The error for content that a registry received otherwise than it was sent. */
export function mismatch({ registry, repository }: RemoteRepository, digest: string): RegistryError {
  return new RegistryError('BLOB_MISMATCH', `${registry}/${repository} received other bytes than those of ${digest}`, {
    hint: 'A proxy on the way may change what is sent: push without it, or try again.',
  })
}
