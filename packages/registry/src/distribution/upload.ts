import { Readable } from 'node:stream'
import { type ContentRef, readContent } from '@apkts/archive'
import type { Descriptor, StoredDocument } from '@apkts/oci'
import { RegistryError } from '../error.ts'
import type { RemoteRepository } from './repository.ts'
import type { Answer } from './transport.ts'

export interface Blob extends Descriptor {
  readonly content: ContentRef
}

/** Uploads a blob unless the repository has it. @throws RegistryError `UPLOAD_FAILED` */
export async function pushBlob(remote: RemoteRepository, blob: Blob): Promise<void> {
  const known = await remote.send({ method: 'HEAD', path: `blobs/${blob.digest}` })
  if (known.status === 200) return
  const started = await remote.send({ method: 'POST', path: 'blobs/uploads/', headers: { 'content-length': '0' } })
  const upload = locationOf(started, remote, blob, 202)
  const sent = await remote.send({
    method: 'PATCH',
    path: upload,
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) },
    body: () => Readable.from(readContent(blob.content)),
  })
  const commit = new URL(locationOf(sent, remote, blob, 202))
  commit.searchParams.set('digest', blob.digest)
  const done = await remote.send({ method: 'PUT', path: commit.href, headers: { 'content-length': '0' } })
  if (done.status !== 201) throw failed(remote, blob.digest, done)
}

/** Stores a manifest or index under a tag or its digest, unless exactly that is there. @throws RegistryError `UPLOAD_FAILED` */
export async function pushManifest(
  remote: RemoteRepository,
  document: StoredDocument,
  { reference, before }: { readonly reference: string; readonly before?: () => Promise<void> },
): Promise<void> {
  const path = `manifests/${reference}`
  const known = await remote.send({ method: 'HEAD', path, headers: { accept: document.mediaType } })
  if (known.status === 200 && known.header('docker-content-digest') === document.digest) return
  await before?.()
  const headers = { 'content-type': document.mediaType }
  const stored = await remote.send({ method: 'PUT', path, headers, body: () => document.bytes })
  if (stored.status < 200 || stored.status > 299) throw failed(remote, reference, stored)
}

function locationOf(answer: Answer, remote: RemoteRepository, { digest }: Blob, wanted: number): string {
  const location = answer.header('location')
  if (answer.status !== wanted || location === undefined) throw failed(remote, digest, answer)
  return remote.absolute(location)
}

function failed({ registry, repository }: RemoteRepository, what: string, { status, text }: Answer): RegistryError {
  const reasons = reasonsOf(text)
  return new RegistryError('UPLOAD_FAILED', `${registry}/${repository} refuses ${what}: status ${status}${reasons}`, {
    hint:
      status === 401 || status === 403 ? `log in with an account that may push: apko-ts login ${registry}` : undefined,
  })
}

/** The messages of the distribution-spec's error document, if the answer is one. */
function reasonsOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: { code?: string; message?: string }[] }
    const reasons = (errors ?? []).map(({ code, message }) => [code, message].filter(Boolean).join(' '))
    return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return ''
    throw error
  }
}
