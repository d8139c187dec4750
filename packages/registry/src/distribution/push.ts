import { type Log, silentLog } from '@apkts/diagnostics'
import { openTransport, realWaiting, type Transport, type Waiting } from '@apkts/http'
import type { Artifact, ImageIndex } from '@apkts/oci'
import type { Reference } from '../reference.ts'
import { copyImages } from '../sink.ts'
import { type Credentials, type Environment, findCredentials } from './credentials.ts'
import { hasManifest, putManifest } from './manifest.ts'
import { pushReferrer } from './referrers.ts'
import { registrySink } from './registry-sink.ts'
import { openRepository, type RemoteRepository } from './repository.ts'

export interface PushOptions {
  readonly index: ImageIndex
  /** Where to; what is returned names the repository of the first. At least one. */
  readonly references: readonly Reference[]
  /** What to store beside the images and the index; default nothing. */
  readonly artifacts?: readonly Artifact[] | undefined
  readonly userAgent: string
  /** Credentials, proxies and authorities are looked up here. */
  readonly env: Environment
  readonly signal?: AbortSignal | undefined
  readonly log?: Log | undefined
  /** Uploads at a time; default four. */
  readonly parallel?: number | undefined
  /** Most bytes of a layer sent with one request; default all. */
  readonly chunkSize?: number | undefined
  /** Further repositories of the same registries that may have layers already. */
  readonly mountFrom?: readonly string[] | undefined
  /** Clock and pauses, for tests. */
  readonly waiting?: Waiting | undefined
  /** Overrides the lookup of credentials. */
  readonly credentials?: Credentials | undefined
}

export interface PushedImages {
  /** `registry/repository@digest` of each image, in index order. */
  readonly images: readonly string[]
  /** `registry/repository@digest` of the index. */
  readonly index: string
}

/** Registries check large layers before they answer. */
const HEADERS_TIMEOUT = 300_000

/**
 * Pushes images and their index (OCI distribution-spec): blobs before manifests, manifests before the index, tags last.
 * What a repository has already is not sent again. @throws RegistryError
 */
export async function pushImages(options: PushOptions): Promise<PushedImages> {
  const transport = openTransport({ env: options.env, headersTimeout: HEADERS_TIMEOUT })
  try {
    const filled: Reference[] = []
    for (const reference of options.references) {
      if (filled.some((earlier) => isSameRepository(earlier, reference))) continue
      await pushToRepository(reference, filled, options, transport)
      filled.push(reference)
    }
  } finally {
    await transport.close()
  }
  return addresses(options)
}

async function pushToRepository(
  reference: Reference,
  filled: readonly Reference[],
  options: PushOptions,
  transport: Transport,
): Promise<void> {
  const { index, log = silentLog, waiting = realWaiting, artifacts = [], chunkSize, parallel } = options
  const { registry, repository } = reference
  const neighbours = filled.filter((earlier) => earlier.registry === registry)
  const names = [...neighbours.map((earlier) => earlier.repository), ...(options.mountFrom ?? [])]
  const mountFrom = [...new Set(names)].filter((name) => name !== repository)
  const credentials = options.credentials ?? (await findCredentials(reference, options.env))
  const stop = new AbortController()
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal])
  const shared = { transport, waiting, log, signal, userAgent: options.userAgent }
  const remote = await openRepository({ ...shared, registry, repository, credentials, readable: mountFrom })
  const blobs = { waiting, log, signal, chunkSize, mountFrom }
  await copyImages(index, registrySink(remote, { ...blobs, parallel, stop, total: index.images.length }))
  for (const artifact of artifacts) await pushReferrer(remote, artifact, blobs)
  for (const tagged of options.references.filter((other) => isSameRepository(other, reference))) {
    await pushTag(remote, index, tagged)
  }
}

async function pushTag(remote: RemoteRepository, { document }: ImageIndex, { tag, digest }: Reference): Promise<void> {
  const name = tag ?? digest ?? document.digest
  if (!(await hasManifest(remote, document, name))) await putManifest(remote, document, name)
}

function isSameRepository(a: Reference, b: Reference): boolean {
  return a.registry === b.registry && a.repository === b.repository
}

function addresses({ index, references }: PushOptions): PushedImages {
  const [first] = references
  const at = (digest: string) => `${first?.registry}/${first?.repository}@${digest}`
  return { images: index.images.map(({ manifest }) => at(manifest.digest)), index: at(index.document.digest) }
}
