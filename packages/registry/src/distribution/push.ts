import { availableParallelism } from 'node:os'
import { type Log, silentLog } from '@apkts/diagnostics'
import type { Image, ImageIndex } from '@apkts/oci'
import type { Reference } from '../reference.ts'
import { type Credentials, type Environment, findCredentials } from './credentials.ts'
import { openRepository, type RemoteRepository } from './repository.ts'
import { openTransport, type Transport } from './transport.ts'
import { type Blob, pushBlob, pushManifest } from './upload.ts'

export interface PushOptions {
  readonly index: ImageIndex
  /** Where to; the images themselves go to the repository of the first. At least one. */
  readonly references: readonly Reference[]
  readonly userAgent: string
  /** Credentials and proxies are looked up here. */
  readonly env: Environment
  readonly signal?: AbortSignal | undefined
  readonly log?: Log | undefined
  /** Milliseconds before second and third tries; default 1 s and 3 s. */
  readonly pauses?: readonly number[] | undefined
  /** Overrides the lookup of credentials. */
  readonly credentials?: Credentials | undefined
}

export interface PushedImages {
  /** `registry/repository@digest` of each image, in index order. */
  readonly images: readonly string[]
  /** `registry/repository@digest` of the index. */
  readonly index: string
}

/** Uploads running at a time. */
const PARALLEL = 4

/**
 * Pushes images and their index (OCI distribution-spec): blobs before manifests, manifests before the index, tags last.
 * What a repository has already is not sent again. @throws RegistryError
 */
export async function pushImages(options: PushOptions): Promise<PushedImages> {
  const transport = openTransport(options)
  try {
    const repositories = new Map<string, RemoteRepository>()
    for (const reference of options.references) {
      const name = `${reference.registry}/${reference.repository}`
      const known = repositories.get(name)
      const remote = known ?? (await connect(reference, options, transport))
      repositories.set(name, remote)
      if (known === undefined) await pushChildren(remote, options)
      await pushManifest(remote, options.index.document, { reference: reference.tag ?? reference.digest ?? '' })
    }
  } finally {
    await transport.close()
  }
  return addresses(options)
}

async function connect(reference: Reference, options: PushOptions, transport: Transport): Promise<RemoteRepository> {
  const credentials = options.credentials ?? (await findCredentials(reference, options.env))
  return openRepository({ ...options, ...reference, credentials, transport })
}

async function pushChildren(remote: RemoteRepository, { index, log = silentLog }: PushOptions): Promise<void> {
  const sent = new Map<string, Promise<void>>()
  const once = (blob: Blob): Promise<void> => {
    const running = sent.get(blob.digest) ?? pushBlob(remote, blob)
    sent.set(blob.digest, running)
    return running
  }
  const stage = log.stage(`push to ${remote.registry}/${remote.repository}`)
  try {
    for (const [done, image] of index.images.entries()) {
      stage.update({ item: image.manifest.digest, done, total: index.images.length })
      const before = () => inParallel(blobsOf(image), once)
      await pushManifest(remote, image.manifest, { reference: image.manifest.digest, before })
    }
  } finally {
    stage.end()
  }
}

function blobsOf({ config, layers }: Image): Blob[] {
  return [...layers, { ...config, content: { kind: 'bytes', bytes: config.bytes } }]
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, availableParallelism() + 2) }, worker))
}

function addresses({ index, references }: PushOptions): PushedImages {
  const [first] = references
  const at = (digest: string) => `${first?.registry}/${first?.repository}@${digest}`
  return { images: index.images.map(({ manifest }) => at(manifest.digest)), index: at(index.document.digest) }
}
