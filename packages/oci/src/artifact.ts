import { digestOf, type Instant, type JsonValue } from '@apkts/encoding'
import { descriptorJson, storedDocument, textMap } from './document.ts'
import { withCreated } from './image-config.ts'
import { type Descriptor, MEDIA_TYPE, type StoredDocument } from './types.ts'

/** A file that is pushed beside an image. */
export interface ArtifactInput {
  /** Media type of the content, which is the type of the artifact, too. */
  readonly type: string
  readonly bytes: Uint8Array
  /** File name for who downloads it. */
  readonly title: string
  /** The manifest or index it is about. */
  readonly subject: Descriptor
  readonly created: Instant
}

/** Something stored beside an image and pointing at it, such as an SBOM. */
export interface Artifact {
  readonly type: string
  readonly subject: Descriptor
  /** Empty config and content. */
  readonly blobs: readonly StoredDocument[]
  readonly manifest: StoredDocument
  readonly annotations: Readonly<Record<string, string>>
}

const TITLE = 'org.opencontainers.image.title'

/** An artifact of one file with a subject (OCI image-spec 1.1, manifest.md, guidelines for artifact usage). */
export function buildArtifact({ type, bytes, title, subject, created }: ArtifactInput): Artifact {
  const config = storedDocument(MEDIA_TYPE.empty, {})
  const content = { mediaType: type, bytes, size: bytes.length, digest: digestOf(bytes) }
  const annotations = withCreated({}, created)
  const manifest = storedDocument(MEDIA_TYPE.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    artifactType: type,
    config: descriptorJson(config),
    layers: [{ ...descriptorJson(content), annotations: { [TITLE]: title } }],
    subject: descriptorJson(subject),
    annotations: textMap(annotations),
  })
  return { type, subject, blobs: [config, content], manifest, annotations }
}

/** What a list of referrers says about an artifact (OCI distribution-spec, listing referrers). */
export function referrerJson({ manifest, type, annotations }: Artifact): JsonValue {
  return { ...descriptorJson(manifest), annotations: textMap(annotations), artifactType: type }
}
