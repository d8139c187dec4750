import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { utf8Decode } from '@apkts/encoding'
import { firstDifference } from '../../images/difference.ts'
import { compareImages, type FoundImages, readImages, withoutCompressor } from './images.ts'
import { firstTarDifference } from './tar.ts'

/** First difference between what the programs left in their output directories. */
export async function compareOutputs(theirs: string, ours: string): Promise<string | undefined> {
  const [a, b] = [await readOutputs(theirs), await readOutputs(ours)]
  const names = firstDifference('files', [...a.keys()].sort().join('\n'), [...b.keys()].sort().join('\n'))
  if (names !== undefined) return names
  const found = { theirs: imagesOf(a), ours: imagesOf(b) }
  for (const [name, output] of a) {
    const difference = await compareOutput(name, output, b.get(name)!, found)
    if (difference !== undefined) return `${name}: ${difference}`
  }
  return undefined
}

interface Output {
  readonly bytes?: Uint8Array
  readonly images?: FoundImages | undefined
}

interface Found {
  readonly theirs: readonly FoundImages[]
  readonly ours: readonly FoundImages[]
}

async function readOutputs(directory: string, prefix = ''): Promise<Map<string, Output>> {
  const outputs = new Map<string, Output>()
  for (const name of await readdir(join(directory, prefix))) {
    const relative = join(prefix, name)
    const path = join(directory, relative)
    if (name === 'cache') continue
    if ((await stat(path)).isDirectory()) {
      const images = await readImages(path, true)
      if (images !== undefined) outputs.set(relative, { images })
      else for (const [inner, output] of await readOutputs(directory, relative)) outputs.set(inner, output)
    } else if (name.endsWith('image.tar')) outputs.set(relative, { images: await readImages(path, false) })
    else outputs.set(relative, { bytes: await readFile(path) })
  }
  return outputs
}

function imagesOf(outputs: ReadonlyMap<string, Output>): FoundImages[] {
  return [...outputs.values()].flatMap(({ images }) => (images === undefined ? [] : [images]))
}

async function compareOutput(name: string, theirs: Output, ours: Output, found: Found): Promise<string | undefined> {
  if (theirs.images !== undefined && ours.images !== undefined) {
    return (await compareImages(theirs.images, ours.images)) ?? compareDocuments(theirs.images, ours.images, found)
  }
  if (theirs.bytes === undefined || ours.bytes === undefined) return 'images on one side only'
  if (name.endsWith('.tar')) return firstTarDifference(theirs.bytes, ours.bytes)
  const text = (bytes: Uint8Array, images: readonly FoundImages[]) =>
    withoutTool(withoutReferences(withoutCompressor(utf8Decode(bytes), images)))
  return firstDifference('text', text(theirs.bytes, found.theirs), text(ours.bytes, found.ours))
}

function compareDocuments(theirs: FoundImages, ours: FoundImages, found: Found): string | undefined {
  const text = (images: FoundImages, all: readonly FoundImages[]) =>
    [images.index, ...images.images.map(({ manifest }) => manifest)]
      .map((document) => withoutCompressor(document, all))
      .join('\n')
  return firstDifference('index and manifests', text(theirs, found.theirs), text(ours, found.ours))
}

// Which tool wrote a document, in which version, is no property of the image.
function withoutTool(sbom: string): string {
  return sbom.replace(/"Tool: [\w-]+ \(([^)"]+)\)"/, '"Tool: NAME (VERSION)"')
}

/** References without the registry, of which each program has its own, and the digest, which depends on the compressor. */
export function withoutReferences(text: string): string {
  return text.replace(/127\.0\.0\.1:\d+(\/[\w/]+)@sha256:[0-9a-f]{64}/g, 'REGISTRY$1@DIGEST')
}
