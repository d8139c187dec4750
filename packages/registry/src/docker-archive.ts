import type { FileHandle } from 'node:fs/promises'
import { type ContentRef, contentSize, encodeTarHeader, TAR_END, tarHeader, tarPadding } from '@apkts/archive'
import { compareBytes, digestHex, goJson, utf8 } from '@apkts/encoding'
import { type Image, type ImageIndex, type LayerBlob, MEDIA_TYPE } from '@apkts/oci'
import { writeAtomically, writeContent } from './atomic.ts'
import { formatReference, parseReference, withTagSuffix } from './reference.ts'

export interface DockerArchiveInput {
  readonly index: ImageIndex
  /** Each image gets each of them, followed by `-<architecture>`. */
  readonly tags: readonly string[]
}

interface Member {
  readonly path: string
  readonly content: ContentRef
}

/**
 * Writes all images as one tar that `docker load` reads, followed by their OCI manifests and index. Members stand in
 * index order, so equal images give equal files; the file appears whole or not at all.
 * @throws RegistryError `REFERENCE_INVALID`
 */
export async function writeDockerArchive(path: string, input: DockerArchiveInput): Promise<void> {
  const members = archiveMembers(input)
  await writeAtomically(path, async (file) => {
    for (const member of members) await writeMember(file, member)
    await file.writeFile(TAR_END)
  })
}

/** Names of the members, in order, each once. */
export function archiveMembers(input: DockerArchiveInput): Member[] {
  const { images, document } = input.index
  const members = [
    ...images.flatMap(({ config, layers }) => [
      inMemory(config.digest, config.bytes),
      ...layers.map((layer) => ({ path: layerName(layer), content: layer.content })),
    ]),
    inMemory('manifest.json', dockerManifest(input)),
    ...images.map(({ manifest }) => inMemory(manifest.digest, manifest.bytes)),
    inMemory('index.json', document.bytes),
  ]
  return [...new Map(members.map((member) => [member.path, member])).values()]
}

/**
 * `manifest.json` of a docker archive: one entry per tag, sorted by tag. The variants of one architecture share a tag,
 * which then means the last of them, the newest.
 */
export function dockerManifest({ index, tags }: DockerArchiveInput): Uint8Array {
  const references = tags.map(parseReference)
  const byTags = new Map<string, Image>()
  for (const image of index.images) {
    const own = references.map((tag) => formatReference(withTagSuffix(tag, image.platform.architecture)))
    byTags.set(goJson(own), image)
  }
  const entries = [...byTags].sort(([a], [b]) => compareBytes(a, b))
  return utf8(
    goJson(
      entries.map(([own, { config, layers }]) => ({
        Config: config.digest,
        RepoTags: JSON.parse(own) as string[],
        Layers: layers.map(layerName),
      })),
    ),
  )
}

function layerName({ digest, mediaType }: LayerBlob): string {
  return `${digestHex(digest)}.tar${SUFFIX[mediaType] ?? '.gz'}`
}

const SUFFIX: Readonly<Record<string, string>> = { [MEDIA_TYPE.zstdLayer]: '.zst', [MEDIA_TYPE.plainLayer]: '' }

function inMemory(path: string, bytes: Uint8Array): Member {
  return { path, content: { kind: 'bytes', bytes } }
}

async function writeMember(file: FileHandle, { path, content }: Member): Promise<void> {
  const size = contentSize(content)
  await file.writeFile(encodeTarHeader(tarHeader({ path, type: 'file', mode: 0o644, size })))
  await writeContent(file, content)
  await file.writeFile(tarPadding(size))
}
