import type { FileHandle } from 'node:fs/promises'
import { contentSize, encodeTarHeader, TAR_END, tarHeader, tarPadding } from '@apkts/archive'
import { compareBytes, digestHex, goJson, utf8 } from '@apkts/encoding'
import {
  type BlobContent,
  type Image,
  type ImageIndex,
  type LayerBlob,
  MEDIA_TYPE,
  type Platform,
  partsOf,
  type StoredDocument,
} from '@apkts/oci'
import { writeAtomically, writeContent } from './atomic.ts'
import { formatReference, parseReference, withTagSuffix } from './reference.ts'
import { type Blob, copyImages, type ImageSink } from './sink.ts'

/** Images to be written into an archive that docker loads. */
export interface DockerArchiveInput {
  readonly index: ImageIndex
  /** Each image gets each of them, followed by `-<architecture>`. */
  readonly tags: readonly string[]
  /** Gives the variants of one architecture tags of their own, `-armv6` and `-armv7` instead of `-arm` for both. */
  readonly variantTags?: boolean | undefined
}

/**
 * Writes all images as one tar that `docker load` reads, followed by their OCI manifests and index. Members stand in
 * index order, each once, so equal images give equal files; the file appears whole or not at all.
 * @throws RegistryError `REFERENCE_INVALID`
 */
export async function writeDockerArchive(path: string, input: DockerArchiveInput): Promise<void> {
  const dockerIndex = dockerManifest(input)
  await writeAtomically(path, (file) => copyImages(input.index, dockerArchiveSink(file, dockerIndex)))
}

/** Writes one image under exactly that name, as `docker load` reads it. */
export async function writeImageArchive(path: string, index: ImageIndex, image: Image, name: string): Promise<void> {
  const alone = { ...index, images: [image] }
  await writeAtomically(path, (file) => copyImages(alone, dockerArchiveSink(file, manifestJson([[[name], image]]))))
}

/** An open file as the place for a docker archive that `manifest` describes. */
function dockerArchiveSink(file: FileHandle, manifest: Uint8Array): ImageSink {
  const manifests: StoredDocument[] = []
  return {
    parallel: 1,
    addBlob: (blob) => writeMember(file, memberName(blob), blob.content),
    async addManifest(document) {
      manifests.push(document)
    },
    async finish({ document }) {
      await writeMember(file, 'manifest.json', { kind: 'bytes', bytes: manifest })
      for (const { digest, bytes } of manifests) await writeMember(file, digest, { kind: 'bytes', bytes })
      await writeMember(file, 'index.json', { kind: 'bytes', bytes: document.bytes })
      await file.writeFile(TAR_END)
    },
  }
}

/**
 * `manifest.json` of a docker archive: one entry per tag, sorted by tag. Unless told otherwise the variants of one
 * architecture share a tag, which then means the last of them, the newest, as in apko.
 */
export function dockerManifest({ index, tags, variantTags = false }: DockerArchiveInput): Uint8Array {
  const references = tags.map(parseReference)
  const byTags = new Map<string, Image>()
  for (const image of index.images) {
    const suffix = variantTags ? variantName(image.platform) : image.platform.architecture
    const own = references.map((tag) => formatReference(withTagSuffix(tag, suffix)))
    byTags.set(goJson(own), image)
  }
  const entries = [...byTags].sort(([a], [b]) => compareBytes(a, b))
  return manifestJson(entries.map(([own, image]) => [JSON.parse(own) as string[], image]))
}

/** Images that no tag of a docker archive leads to, because a newer variant of their architecture has it. */
export function untaggedImages({ images }: ImageIndex): Image[] {
  const last = new Map(images.map((image) => [image.platform.architecture, image]))
  return images.filter((image) => last.get(image.platform.architecture) !== image)
}

function variantName({ architecture, variant = '' }: Platform): string {
  return `${architecture}${variant}`
}

function manifestJson(entries: readonly (readonly [names: readonly string[], image: Image])[]): Uint8Array {
  return utf8(
    goJson(
      entries.map(([names, { config, layers }]) => ({
        Config: config.digest,
        RepoTags: names,
        Layers: layers.map(layerName),
      })),
    ),
  )
}

function memberName(blob: Blob): string {
  return blob.mediaType === MEDIA_TYPE.config ? blob.digest : layerName(blob)
}

function layerName({ digest, mediaType }: Pick<LayerBlob, 'digest' | 'mediaType'>): string {
  return `${digestHex(digest)}.tar${SUFFIX[mediaType] ?? '.gz'}`
}

const SUFFIX: Readonly<Record<string, string>> = { [MEDIA_TYPE.zstdLayer]: '.zst', [MEDIA_TYPE.plainLayer]: '' }

async function writeMember(file: FileHandle, path: string, content: BlobContent): Promise<void> {
  const size = partsOf(content).reduce((sum, part) => sum + contentSize(part), 0)
  await file.writeFile(encodeTarHeader(tarHeader({ path, type: 'file', mode: 0o644, size })))
  await writeContent(file, content)
  await file.writeFile(tarPadding(size))
}
