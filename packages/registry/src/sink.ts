import type { BlobContent, Descriptor, Image, ImageIndex, StoredDocument } from '@apkts/oci'
import pLimit from 'p-limit'

/** Bytes that a manifest names: a layer or a config. */
export interface Blob extends Descriptor {
  readonly content: BlobContent
}

/** A place for images: a registry's repository, a layout, an archive. */
export interface ImageSink {
  /** How many images, and how many blobs, may come at the same time; with one, all comes in order. */
  readonly parallel: number
  /** True when the image is there as a whole already; absent for places that hold nothing before. */
  hasImage?(manifest: StoredDocument): Promise<boolean>
  /** Called once for each digest. */
  addBlob(blob: Blob): Promise<void>
  /** Called when all blobs of the image are there. */
  addManifest(manifest: StoredDocument): Promise<void>
  /** Called when all images are there. */
  finish(index: ImageIndex): Promise<void>
  /** Told of the first failure, so that what is under way can end. */
  abort?(reason: unknown): void
}

/**
 * Brings images and their index to a place: the config and layers of an image before its manifest, manifests before the
 * index, a blob that several images share once. After a failure nothing further begins, and nothing is under way any more
 * when it is thrown.
 */
export async function copyImages(index: ImageIndex, sink: ImageSink): Promise<void> {
  const copy = copying(sink)
  const limit = pLimit(sink.parallel)
  await Promise.all(index.images.map((image) => limit(() => copy.stop.guard(() => copyImage(image, sink, copy)))))
  copy.stop.throwIfStopped()
  await sink.finish(index)
}

/** The config of an image and its layers, bottom first. */
export function blobsOf({ config, layers }: Image): Blob[] {
  return [blobOf(config), ...layers]
}

/** A document as a blob. */
export function blobOf({ bytes, ...descriptor }: StoredDocument): Blob {
  return { ...descriptor, content: { kind: 'bytes', bytes } }
}

async function copyImage(image: Image, sink: ImageSink, { add, stop }: Copying): Promise<void> {
  if ((await sink.hasImage?.(image.manifest)) === true) return
  await Promise.all(blobsOf(image).map(add))
  stop.throwIfStopped()
  await sink.addManifest(image.manifest)
}

interface Copying {
  readonly stop: Stopper
  /** Adds a blob unless it was added before; what fails is kept by `stop`. */
  add(blob: Blob): Promise<void>
}

function copying(sink: ImageSink): Copying {
  const stop = stopper(sink)
  const limit = pLimit(sink.parallel)
  const added = new Map<string, Promise<void>>()
  const add = (blob: Blob): Promise<void> => {
    const running = added.get(blob.digest) ?? limit(() => stop.guard(() => sink.addBlob(blob)))
    added.set(blob.digest, running)
    return running
  }
  return { stop, add }
}

interface Stopper {
  /** Runs work unless something failed; keeps the first failure instead of throwing it. */
  guard(work: () => Promise<void>): Promise<void>
  throwIfStopped(): void
}

function stopper(sink: ImageSink): Stopper {
  let failure: { readonly reason: unknown } | undefined
  return {
    async guard(work) {
      if (failure !== undefined) return
      try {
        await work()
      } catch (reason) {
        if (failure === undefined) sink.abort?.(reason)
        failure ??= { reason }
      }
    },
    throwIfStopped() {
      if (failure !== undefined) throw failure.reason
    },
  }
}
