import { compareBytes, type Instant } from '@apkts/encoding'
import { descriptorJson, storedDocument, textMap } from './document.ts'
import { withCreated } from './image-config.ts'
import {
  type Descriptor,
  type Image,
  type ImageIndex,
  MEDIA_TYPE,
  type Platform,
  type StoredDocument,
} from './types.ts'

const SOURCE = 'org.opencontainers.image.source'
const REVISION = 'org.opencontainers.image.revision'

/** The parts of an image and what its manifest says of them. */
export interface ManifestInput {
  readonly config: Descriptor
  /** Bottom first, those of a base image included. */
  readonly layers: readonly Descriptor[]
  readonly annotations: Readonly<Record<string, string>>
  readonly created: Instant
}

/** The image manifest (OCI image-spec, manifest.md). */
export function buildManifest({ config, layers, annotations, created }: ManifestInput): StoredDocument {
  return storedDocument(MEDIA_TYPE.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: descriptorJson(config),
    layers: layers.map(descriptorJson),
    annotations: textMap(withCreated(annotations, created)),
  })
}

/** The images of an index and what it says of them. */
export interface IndexInput {
  readonly images: readonly Image[]
  readonly annotations: Readonly<Record<string, string>>
  /** `url@revision`, or empty. */
  readonly vcsUrl: string
  readonly created: Instant
}

/** The image index (OCI image-spec, image-index.md), images in the byte order of their architecture's OCI name. */
export function buildIndex({ images, annotations, vcsUrl, created }: IndexInput): ImageIndex {
  const sorted = [...images].sort((a, b) => compareBytes(platformName(a.platform), platformName(b.platform)))
  const document = storedDocument(MEDIA_TYPE.index, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.index,
    manifests: sorted.map(({ manifest, platform }) => ({
      ...descriptorJson(manifest),
      platform: { architecture: platform.architecture, os: platform.os, variant: platform.variant },
      artifactType: MEDIA_TYPE.config,
    })),
    annotations: textMap(withCreated({ ...annotations, ...sourceAnnotations(vcsUrl) }, created)),
  })
  return { document, images: sorted }
}

/** `amd64`, `arm/v7`: the OCI name of a platform's architecture. */
export function platformName({ architecture, variant }: Platform): string {
  return variant === undefined || variant === '' ? architecture : `${architecture}/${variant}`
}

function sourceAnnotations(vcsUrl: string): Record<string, string> {
  const at = vcsUrl.indexOf('@')
  return at === -1 ? {} : { [SOURCE]: vcsUrl.slice(0, at), [REVISION]: vcsUrl.slice(at + 1) }
}
