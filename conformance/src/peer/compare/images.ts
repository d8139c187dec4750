import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipAll, parseTar } from '@apkts/archive'
import { sha256Hex, utf8Decode } from '@apkts/encoding'
import { firstDifference } from '../../images/difference.ts'
import { firstTarDifference } from './tar.ts'

/** An index with its images, wherever it was written to. */
export interface FoundImages {
  readonly index: string
  readonly images: readonly FoundImage[]
}

export interface FoundImage {
  readonly manifest: string
  readonly manifestHex: string
  readonly config: string
  readonly layers: readonly { readonly hex: string; readonly bytes: Uint8Array }[]
}

interface Descriptor {
  readonly digest: string
}

/** Reads the blobs of a docker archive or an OCI layout by their digests. */
export async function readImages(path: string, isDirectory: boolean): Promise<FoundImages | undefined> {
  return isDirectory ? readLayout(path) : readArchive(await readFile(path))
}

function readArchive(bytes: Uint8Array): FoundImages | undefined {
  const members = new Map(parseTar(bytes).map(({ header, content }) => [header.path, content]))
  const index = members.get('index.json')
  if (index === undefined) return undefined
  return imagesOf(utf8Decode(index), (hex) => members.get(`sha256:${hex}`) ?? members.get(`${hex}.tar.gz`))
}

async function readLayout(path: string): Promise<FoundImages | undefined> {
  if (!existsSync(join(path, 'index.json'))) return undefined
  const blobs = join(path, 'blobs/sha256')
  const contents = new Map<string, Uint8Array>()
  for (const hex of await readdir(blobs)) contents.set(hex, await readFile(join(blobs, hex)))
  return imagesOf(await readFile(join(path, 'index.json'), 'utf8'), (hex) => contents.get(hex))
}

/** The images of an index whose blobs are known by their SHA-256 in hex. */
export function imagesOf(index: string, blob: (hex: string) => Uint8Array | undefined): FoundImages {
  const bytesOf = ({ digest }: Descriptor): Uint8Array => {
    const content = blob(digest.slice('sha256:'.length))
    if (content === undefined) throw new Error(`${digest} is missing`)
    return content
  }
  const { manifests } = JSON.parse(index) as { manifests: Descriptor[] }
  const images = manifests.map((descriptor) => {
    const manifest = utf8Decode(bytesOf(descriptor))
    const { config, layers } = JSON.parse(manifest) as { config: Descriptor; layers: Descriptor[] }
    return {
      manifest,
      manifestHex: descriptor.digest.slice('sha256:'.length),
      config: utf8Decode(bytesOf(config)),
      layers: layers.map((layer) => ({ hex: layer.digest.slice('sha256:'.length), bytes: bytesOf(layer) })),
    }
  })
  return { index, images }
}

/** First difference of the layers as tars and of the configurations. */
export async function compareImages(theirs: FoundImages, ours: FoundImages): Promise<string | undefined> {
  if (theirs.images.length !== ours.images.length) {
    return `${theirs.images.length} images there, ${ours.images.length} here`
  }
  for (const [at, image] of theirs.images.entries()) {
    const difference = await compareImage(image, ours.images[at]!)
    if (difference !== undefined) return `image ${at}: ${difference}`
  }
  return undefined
}

async function compareImage(theirs: FoundImage, ours: FoundImage): Promise<string | undefined> {
  for (const [at, layer] of theirs.layers.entries()) {
    const other = ours.layers[at]
    if (other === undefined) return `layer ${at} is missing here`
    const difference = firstTarDifference(gunzipAll(layer.bytes, -1), gunzipAll(other.bytes, -1))
    if (difference !== undefined) return `layer ${at}: ${difference}`
  }
  if (ours.layers.length > theirs.layers.length) return `${ours.layers.length} layers, ${theirs.layers.length} there`
  return firstDifference('config', theirs.config, ours.config)
}

/** Puts names in the place of digests and sizes that depend on the compressor. */
export function withoutCompressor(text: string, found: readonly FoundImages[]): string {
  const names = new Map<string, string>()
  for (const { index, images } of found) {
    names.set(sha256Hex(index), '<index>')
    images.forEach((image, i) => {
      names.set(image.manifestHex, `<manifest ${i}>`)
      image.layers.forEach(({ hex }, n) => {
        if (!names.has(hex)) names.set(hex, `<layer ${i}.${n}>`)
      })
    })
  }
  return text
    .replace(/[0-9a-f]{64}/g, (hex) => names.get(hex) ?? hex)
    .replace(/"size":\d+,"digest":"sha256:</g, '"size":0,"digest":"sha256:<')
}
