import { type Log, silentLog } from '@apkts/diagnostics'
import { type Digest, digestOf, utf8 } from '@apkts/encoding'
import { openTransport, realWaiting, type Waiting } from '@apkts/http'
import { MEDIA_TYPE } from '@apkts/oci'
import { type Credentials, type Environment, findCredentials } from '../distribution/credentials.ts'
import { openRepository, type RemoteRepository } from '../distribution/repository.ts'
import { RegistryError } from '../error.ts'
import { formatReference, type Reference } from '../reference.ts'
import { type BlobStore, DOCUMENT_LIMIT } from './blobs.ts'
import { isIndex, parseObject } from './documents.ts'
import { imagesUnder } from './images.ts'
import type { ImageSource } from './types.ts'

/** How a registry is talked to. */
export interface RemoteOptions {
  readonly userAgent: string
  /** Credentials, proxies and authorities are looked up here. */
  readonly env: Environment
  readonly log?: Log | undefined
  readonly signal?: AbortSignal | undefined
  /** Overrides the lookup of credentials. */
  readonly credentials?: Credentials | undefined
  /** Clock and pauses, for tests. */
  readonly waiting?: Waiting | undefined
}

const ACCEPTED = [
  MEDIA_TYPE.index,
  MEDIA_TYPE.manifest,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/**
 * Opens the images a reference leads to in a registry (OCI distribution-spec, pulling). Documents are read now, layers
 * when somebody reads them; nothing is written. @throws RegistryError
 */
export async function openRemote(reference: Reference, options: RemoteOptions): Promise<ImageSource> {
  const { env, userAgent, signal, log = silentLog, waiting = realWaiting } = options
  const credentials = options.credentials ?? (await findCredentials(reference, env))
  const transport = openTransport({ env })
  try {
    const login = { credentials, readable: [], access: 'pull' as const }
    const remote = await openRepository({ ...reference, ...login, transport, waiting, log, signal, userAgent })
    const name = reference.digest ?? reference.tag ?? ''
    const bytes = await getDocument(remote, `manifests/${name}`, formatReference(reference))
    const digest = digestOf(bytes)
    if (reference.digest !== undefined && reference.digest !== digest) throw notAsNamed(reference, digest)
    const document = parseObject(bytes, formatReference(reference))
    const images = await imagesUnder(remoteStore(remote), document, digest)
    return { images, index: isIndex(document) ? digest : undefined, close: () => transport.close() }
  } catch (error) {
    await transport.close()
    throw error
  }
}

function remoteStore(remote: RemoteRepository): BlobStore {
  return {
    document: (digest, limit, kind) => getDocument(remote, `${kind}/${digest}`, digest, limit),
    open: (digest) => getBlob(remote, digest),
  }
}

async function getDocument(
  remote: RemoteRepository,
  path: string,
  what: string,
  limit = DOCUMENT_LIMIT,
): Promise<Uint8Array> {
  const { status, text } = await remote.send({ method: 'GET', path, headers: { accept: ACCEPTED } })
  if (status !== 200) throw refused(remote, what, status)
  const bytes = utf8(text)
  if (bytes.length < limit) return bytes
  throw new RegistryError('IMAGE_INVALID', `${what} has more than ${limit} bytes, which no manifest has`)
}

async function* getBlob(remote: RemoteRepository, digest: Digest): AsyncGenerator<Uint8Array, void, void> {
  const response = await remote.open({ method: 'GET', path: `blobs/${digest}` })
  if (response.status !== 200) {
    await response.discard()
    throw refused(remote, digest, response.status)
  }
  yield* response.body
}

function refused({ registry, repository }: RemoteRepository, what: string, status: number): RegistryError {
  const place = `${registry}/${repository}`
  if (status === 401 || status === 403) {
    return new RegistryError('UNAUTHORIZED', `${place} does not hand out ${what}: status ${status}`, {
      hint: `log in with an account that may pull: apko-ts login ${registry}`,
    })
  }
  const why = status === 404 ? 'there is no such thing' : `status ${status}`
  return new RegistryError('DOWNLOAD_FAILED', `${place} does not hand out ${what}: ${why}`, {
    hint: status === 404 ? 'check the name, the tag and, for a private one, apko-ts login' : undefined,
  })
}

function notAsNamed(reference: Reference, digest: Digest): RegistryError {
  return new RegistryError('BLOB_MISMATCH', `${formatReference(reference)} was answered with ${digest}`, {
    hint: 'the registry, or somebody in between, hands out something else',
  })
}
