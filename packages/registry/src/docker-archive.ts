import type { FileHandle } from 'node:fs/promises'
import { compareBytes, goJson, utf8 } from '@apkts/encoding'
import type { Image, ImageIndex, Platform, StoredDocument } from '@apkts/oci'
import type { ArchiveDraft } from './archive-draft.ts'
import { writeAtomically } from './atomic.ts'
import { layerName, type MemberWriter, memberName, memberWriter } from './docker-members.ts'
import { formatReference, parseReference, withTagSuffix } from './reference.ts'
import { copyImages, type ImageSink } from './sink.ts'

/** Images to be written into an archive that docker loads. */
export interface DockerArchiveInput {
  readonly index: ImageIndex
  /** Each image gets each of them, followed by `-<architecture>`. */
  readonly tags: readonly string[]
  /** Gives the variants of one architecture tags of their own, `-armv6` and `-armv7` instead of `-arm` for both. */
  readonly variantTags?: boolean | undefined
  /** Made for the same path. What of it is right is not written again. */
  readonly draft?: ArchiveDraft | undefined
}

/**
 * Writes all images as one tar that `docker load` reads, followed by their OCI manifests and index. Members stand in
 * index order, each once, so equal images give equal files; the file appears whole or not at all.
 * @throws RegistryError `REFERENCE_INVALID`
 */
export async function writeDockerArchive(path: string, input: DockerArchiveInput): Promise<void> {
  const dockerIndex = dockerManifest(input)
  const drafted = await input.draft?.take()
  const write = (file: FileHandle) =>
    copyImages(input.index, dockerArchiveSink(memberWriter(file, drafted?.starts), dockerIndex))
  await writeAtomically(path, write, { begun: drafted })
}

/** Writes one image under exactly that name, as `docker load` reads it. */
export async function writeImageArchive(path: string, index: ImageIndex, image: Image, name: string): Promise<void> {
  const alone = { ...index, images: [image] }
  await writeAtomically(path, (file) =>
    copyImages(alone, dockerArchiveSink(memberWriter(file), manifestJson([[[name], image]]))),
  )
}

/** A docker archive that is being written as the place for images that `manifest` describes. */
function dockerArchiveSink(members: MemberWriter, manifest: Uint8Array): ImageSink {
  const manifests: StoredDocument[] = []
  return {
    parallel: 1,
    addBlob: (blob) => members.add(memberName(blob), blob.content, blob.digest),
    async addManifest(document) {
      manifests.push(document)
    },
    async finish({ document }) {
      await members.add('manifest.json', { kind: 'bytes', bytes: manifest })
      for (const { digest, bytes } of manifests) await members.add(digest, { kind: 'bytes', bytes })
      await members.add('index.json', { kind: 'bytes', bytes: document.bytes })
      await members.finish()
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
