import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, sha256Hex } from '@apkts/encoding'
import { firstDifference } from './difference.ts'
import { type Archive, type ArchiveImage, type ArchiveLayer, gunzipped, readDockerArchive } from './docker-archive.ts'
import type { GoldenCase, GoldenImage } from './golden-case.ts'
import { firstLayerDifference } from './layer-records.ts'
import { type Placeholders, placeholdersOf } from './placeholders.ts'

/** First difference between the images in `out.tar` and those recorded. */
export async function compareImages(golden: GoldenCase, cwd: string): Promise<string | undefined> {
  const archive = await readDockerArchive(join(cwd, 'out.tar'))
  const images = golden.facts.images ?? []
  if (archive.images.length !== images.length) return `${archive.images.length} images, expected ${images.length}`
  for (const [position, image] of images.entries()) {
    const difference = await compareImage(golden, image, archive.images[position]!)
    if (difference !== undefined) return `${image.arch}: ${difference}`
  }
  const archs = images.map(({ arch }) => arch)
  const placeholders = placeholdersOf(archs, archive, sha256Hex(archive.index))
  return (await compareDocuments(golden, archive, placeholders)) ?? (await compareSboms(golden, cwd, placeholders))
}

async function compareImage(
  golden: GoldenCase,
  expected: GoldenImage,
  image: ArchiveImage,
): Promise<string | undefined> {
  if (image.layers.length !== expected.diffIds.length) {
    return `${image.layers.length} layers, expected ${expected.diffIds.length}`
  }
  for (const [n, layer] of image.layers.entries()) {
    if ((await diffIdOf(layer)) === expected.diffIds[n]) continue
    const listing = await golden.expectedText(`${expected.arch}/layer-${n}.jsonl`)
    return `layer ${n}: ${await firstLayerDifference(layer, listing)}`
  }
  const config = await golden.expectedText(`${expected.arch}/config.json`)
  return (
    firstDifference('config', config, image.config) ??
    firstDifference('image ID', expected.imageId, digestOf(image.config))
  )
}

async function diffIdOf(layer: ArchiveLayer): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of gunzipped(layer)) hash.update(chunk)
  return `sha256:${hash.digest('hex')}`
}

async function compareDocuments(
  golden: GoldenCase,
  archive: Archive,
  placeholders: Placeholders,
): Promise<string | undefined> {
  const expected = async (name: string) => placeholders.fill(await golden.expectedText(name))
  for (const [position, { arch }] of (golden.facts.images ?? []).entries()) {
    const actual = archive.images[position]!.manifest
    const difference = firstDifference(`${arch} manifest`, await expected(`${arch}/manifest.json`), actual)
    if (difference !== undefined) return difference
  }
  return (
    firstDifference('index', await expected('index.json'), archive.index) ??
    firstDifference('docker manifest', await expected('docker-manifest.json'), archive.dockerManifest)
  )
}

async function compareSboms(golden: GoldenCase, cwd: string, placeholders: Placeholders): Promise<string | undefined> {
  const { sbomFiles = [], argv } = golden.facts
  const directory = join(cwd, argv[argv.indexOf('--sbom-path') + 1] ?? '.')
  const found = (await readdir(directory)).filter((name) => name.endsWith('.spdx.json')).sort()
  const names = firstDifference('SBOM files', sbomFiles.join(' '), found.join(' '))
  if (names !== undefined) return names
  for (const name of sbomFiles) {
    const arch = /^sbom-(.*)\.spdx\.json$/.exec(name)?.[1] ?? ''
    const recorded = await golden.expectedText(arch === 'index' ? name : `${arch}/sbom.spdx.json`)
    const actual = await readFile(join(directory, name), 'utf8')
    const difference = firstDifference(name, withoutTool(placeholders.fill(recorded)), withoutTool(actual))
    if (difference !== undefined) return difference
  }
  return undefined
}

// Which tool wrote a document, in which version, is no property of the image.
function withoutTool(sbom: string): string {
  return sbom.replace(/"Tool: [\w-]+ \(([^)"]+)\)"/, '"Tool: NAME (VERSION)"')
}
