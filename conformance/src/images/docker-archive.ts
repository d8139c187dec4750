import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parseTar } from '@apkts/archive'
import { utf8Decode } from '@apkts/encoding'

/** One image as found in a docker archive. */
export interface ArchiveImage {
  readonly manifestDigest: string
  readonly manifest: string
  readonly configDigest: string
  readonly config: string
  readonly layers: readonly ArchiveLayer[]
}

export interface ArchiveLayer {
  /** `sha256:<hex>` of the compressed bytes. */
  readonly digest: string
  readonly size: number
  readonly bytes: Uint8Array
}

export interface Archive {
  readonly memberNames: readonly string[]
  readonly index: string
  readonly dockerManifest: string
  /** In index order. */
  readonly images: readonly ArchiveImage[]
}

interface Descriptor {
  readonly digest: string
  readonly size: number
}

/** Reads a docker archive that also holds OCI manifests and an index. Throws plain errors: they are findings. */
export async function readDockerArchive(path: string): Promise<Archive> {
  const members = new Map(parseTar(await readFile(path)).map((member) => [member.header.path, member.content]))
  const bytes = (name: string): Uint8Array => {
    const content = members.get(name)
    if (content === undefined) throw new Error(`${name} is not in the archive`)
    return content
  }
  const index = utf8Decode(bytes('index.json'))
  const { manifests } = JSON.parse(index) as { manifests: Descriptor[] }
  return {
    memberNames: [...members.keys()].sort(),
    index,
    dockerManifest: utf8Decode(bytes('manifest.json')),
    images: manifests.map(({ digest }) => readImage(digest, bytes)),
  }
}

function readImage(manifestDigest: string, bytes: (name: string) => Uint8Array): ArchiveImage {
  const manifest = utf8Decode(bytes(manifestDigest))
  const { config, layers } = JSON.parse(manifest) as { config: Descriptor; layers: Descriptor[] }
  return {
    manifestDigest,
    manifest,
    configDigest: config.digest,
    config: utf8Decode(bytes(config.digest)),
    layers: layers.map(({ digest }) => {
      const content = bytes(`${digest.slice('sha256:'.length)}.tar.gz`)
      return { digest, size: content.length, bytes: content }
    }),
  }
}

/** The tar inside a layer. */
export function gunzipped(layer: ArchiveLayer): AsyncIterable<Uint8Array> {
  return Readable.from([layer.bytes]).pipe(createGunzip())
}
