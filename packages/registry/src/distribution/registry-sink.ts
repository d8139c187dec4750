import type { ImageSink } from '../sink.ts'
import { hasManifest, putManifest } from './manifest.ts'
import type { RemoteRepository } from './repository.ts'
import { type BlobOptions, type BlobOutcome, pushBlob } from './upload.ts'

export interface RegistrySinkOptions extends BlobOptions {
  /** Uploads at a time; default four. */
  readonly parallel?: number | undefined
  /** Ends the requests under way after a failure. */
  readonly stop: AbortController
  /** Images that will come, for progress. */
  readonly total: number
}

const PARALLEL = 4

/** A repository of a registry as the place for images. What it has already is not sent; the index goes where tags say. */
export function registrySink(remote: RemoteRepository, options: RegistrySinkOptions): ImageSink {
  const stage = options.log.stage(`push to ${remote.registry}/${remote.repository}`)
  const count: Record<BlobOutcome, number> = { sent: 0, mounted: 0, present: 0 }
  let done = 0
  let bytes = 0
  const show = (): void => stage.update({ done, total: options.total, bytes })
  const imageDone = (): void => {
    done += 1
    show()
  }
  const onProgress = (sent: number): void => {
    bytes += sent
    show()
  }
  return {
    parallel: options.parallel ?? PARALLEL,
    async hasImage(manifest) {
      const isThere = await hasManifest(remote, manifest, manifest.digest)
      if (isThere) imageDone()
      return isThere
    },
    async addBlob(blob) {
      count[await pushBlob(remote, blob, { ...options, onProgress })] += 1
    },
    async addManifest(manifest) {
      await putManifest(remote, manifest)
      imageDone()
    },
    async finish() {
      stage.end(`${count.sent} blobs sent, ${count.mounted} mounted, ${count.present} were there`)
    },
    abort(reason) {
      options.stop.abort(reason)
      stage.end()
    },
  }
}
