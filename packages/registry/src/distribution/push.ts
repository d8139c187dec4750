import { silentLog } from '@apkts/diagnostics'
import { realWaiting, type Transport } from '@apkts/http'
import type { Artifact, ImageIndex } from '@apkts/oci'
import type { Reference } from '../reference.ts'
import { copyImages } from '../sink.ts'
import { hasManifest, putManifest } from './manifest.ts'
import { pushReferrer } from './referrers.ts'
import { registrySink } from './registry-sink.ts'
import type { RemoteRepository } from './repository.ts'
import { type ConnectOptions, connect, forEachTarget, type Target } from './targets.ts'

/** What is returned of a push names the repository of the first reference. */
export interface PushOptions extends ConnectOptions {
  readonly index: ImageIndex
  /** What to store beside the images and the index; default nothing. */
  readonly artifacts?: readonly Artifact[] | undefined
  /** Uploads at a time; default four. */
  readonly parallel?: number | undefined
  /** Most bytes of a layer sent with one request; default all. */
  readonly chunkSize?: number | undefined
}

/** What a registry has now, by digest. */
export interface PushedImages {
  /** `registry/repository@digest` of each image, in index order. */
  readonly images: readonly string[]
  /** `registry/repository@digest` of the index. */
  readonly index: string
}

/**
 * Pushes images and their index (OCI distribution-spec): blobs before manifests, manifests before the index, tags last.
 * What a repository has already is not sent again. @throws RegistryError
 */
export async function pushImages(options: PushOptions): Promise<PushedImages> {
  await forEachTarget(options, (target, transport) => pushToTarget(target, options, transport))
  return addresses(options)
}

/**
 * Finds out whether every registry answers and takes the credentials, so that nobody builds for an hour to learn that not.
 * Whether pushing is allowed only a push tells. @throws RegistryError
 */
export function checkLogins(options: ConnectOptions): Promise<void> {
  return forEachTarget(options, async (target, transport) => {
    const remote = await connect(target, options, transport, options.signal)
    await remote.send({ method: 'GET', path: remote.absolute('/v2/') })
  })
}

async function pushToTarget(target: Target, options: PushOptions, transport: Transport): Promise<void> {
  const { index, log = silentLog, waiting = realWaiting, artifacts = [], chunkSize, parallel } = options
  const stop = new AbortController()
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal])
  const remote = await connect(target, options, transport, signal)
  const blobs = { waiting, log, signal, chunkSize, mountFrom: target.mountFrom }
  await copyImages(index, registrySink(remote, { ...blobs, parallel, stop, total: index.images.length }))
  for (const artifact of artifacts) await pushReferrer(remote, artifact, blobs)
  for (const reference of target.references) await pushTag(remote, index, reference)
}

async function pushTag(remote: RemoteRepository, { document }: ImageIndex, { tag, digest }: Reference): Promise<void> {
  const name = tag ?? digest ?? document.digest
  if (!(await hasManifest(remote, document, name))) await putManifest(remote, document, name)
}

function addresses({ index, references }: PushOptions): PushedImages {
  const [first] = references
  const at = (digest: string) => `${first?.registry}/${first?.repository}@${digest}`
  return { images: index.images.map(({ manifest }) => at(manifest.digest)), index: at(index.document.digest) }
}
