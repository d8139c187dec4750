import type { Digest } from '@apkts/encoding'
import type { BlobContent } from './blob-content.ts'

/** Media types of the OCI image-spec that are written here. */
export const MEDIA_TYPE = {
  config: 'application/vnd.oci.image.config.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstdLayer: 'application/vnd.oci.image.layer.v1.tar+zstd',
  plainLayer: 'application/vnd.oci.image.layer.v1.tar',
  empty: 'application/vnd.oci.empty.v1+json',
} as const

/** What a machine must be to run an image. */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string | undefined
}

/** Points at bytes by digest (OCI image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string
  readonly size: number
  readonly digest: Digest
}

/** A compressed layer: `digest` and `size` are of the blob, `diffId` and `uncompressedSize` of the tar inside. */
export interface Layer extends Descriptor {
  readonly diffId: Digest
  readonly uncompressedSize: number
}

/** A layer whose blob is at hand. */
export interface LayerBlob extends Descriptor {
  readonly diffId: Digest
  readonly content: BlobContent
}

/** A JSON document as stored: its exact bytes and what points at them. */
export interface StoredDocument extends Descriptor {
  readonly bytes: Uint8Array
}

/** One architecture's image. Its ID is the digest of `config`. */
export interface Image {
  readonly platform: Platform
  readonly config: StoredDocument
  readonly manifest: StoredDocument
  readonly layers: readonly LayerBlob[]
}

/** The images of all architectures under one index. */
export interface ImageIndex {
  readonly document: StoredDocument
  /** In index order. */
  readonly images: readonly Image[]
}
