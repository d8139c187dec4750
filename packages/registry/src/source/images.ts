import type { Digest } from '@apkts/encoding'
import { type BlobStore, checkedBlob, checkedDocument } from './blobs.ts'
import {
  asObject,
  diffIdsIn,
  invalid,
  isIndex,
  type JsonObject,
  parseObject,
  platformIn,
  pointerOf,
  pointersOf,
  textOf,
  textsIn,
} from './documents.ts'
import type { SourceImage } from './types.ts'

/** Indexes may point at indexes, but not for ever. */
const MAX_DEPTH = 4
const MAX_IMAGES = 256

/** Every image a manifest or index leads to, in its order. Attestations and other artifacts are left out. */
export async function imagesUnder(
  store: BlobStore,
  document: JsonObject,
  digest: Digest | undefined,
): Promise<SourceImage[]> {
  const images: SourceImage[] = []
  await collect(store, { document, digest, depth: 0 }, images)
  if (images.length === 0) throw invalid('there is no image in it')
  return images
}

interface Place {
  readonly document: JsonObject
  readonly digest: Digest | undefined
  readonly depth: number
}

async function collect(store: BlobStore, { document, digest, depth }: Place, images: SourceImage[]): Promise<void> {
  if (!isIndex(document)) {
    images.push(await imageOf(store, document, digest))
    return
  }
  if (depth === MAX_DEPTH) throw invalid(`indexes point at indexes more than ${MAX_DEPTH} times`)
  const pointers = pointersOf(document.manifests, 'the list of manifests')
  for (const [i, pointer] of pointers.entries()) {
    if (images.length >= MAX_IMAGES) throw invalid(`there are more than ${MAX_IMAGES} images in it`)
    if (isArtifact((document.manifests as unknown[])[i])) continue
    const child = parseObject(
      await checkedDocument(store, pointer.digest, 'manifests'),
      `the manifest ${pointer.digest}`,
    )
    await collect(store, { document: child, digest: pointer.digest, depth: depth + 1 }, images)
  }
}

/** What builders put beside images: statements about them, for a platform that is none. */
function isArtifact(pointer: unknown): boolean {
  const { platform, annotations } = asObject(pointer)
  const isUnknown = textOf(asObject(platform).os) === 'unknown'
  return isUnknown || textOf(asObject(annotations)['vnd.docker.reference.type']) !== ''
}

async function imageOf(store: BlobStore, manifest: JsonObject, digest: Digest | undefined): Promise<SourceImage> {
  const { digest: id } = pointerOf(manifest.config, 'the configuration of a manifest')
  const config = parseObject(await checkedDocument(store, id, 'blobs'), `the configuration ${id}`)
  const layers = pointersOf(manifest.layers, 'the list of layers')
  const diffIds = diffIdsIn(config, layers.length)
  return {
    platform: platformIn(config),
    manifest: digest,
    id,
    config,
    annotations: textsIn(manifest.annotations),
    layers: layers.map((layer, i) => ({
      diffId: diffIds[i]!,
      size: layer.size,
      open: () => checkedBlob(store, layer),
    })),
  }
}
