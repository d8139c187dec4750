import { join } from 'node:path'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { type Compression, type Image, type LayerBlob, type TarHasher, takesPieces } from '@apkts/oci'
import type { ArchiveDraft } from '@apkts/registry'
import { openPackagePieces } from '@apkts/repository'
import type { Session } from '../environment/session.ts'
import type { BuildDates } from '../image/dates.ts'
import type { ArchPlan } from './arch-plan.ts'
import type { BaseFacts } from './base.ts'
import { hasLayering } from './check.ts'
import { composeArch } from './compose.ts'
import { gatherFacts, type ImageFacts, warnOfMissing } from './facts.ts'
import { assembleImage } from './image.ts'
import { IMAGE_CACHE, openImageCache } from './image-cache.ts'
import { LAYER_CACHE, openLayerCache } from './layer-cache.ts'
import { mayBeReused, provideLayers } from './layers.ts'
import type { LayersUnderWay } from './layers-under-way.ts'
import { planKey } from './plan-key.ts'

export interface ArchOptions {
  readonly dates: BuildDates
  /** Directory for layer blobs; its owner removes it when they are copied to where they belong. */
  readonly directory: string
  readonly session: Session
  readonly compression?: Compression | undefined
  /** Those of all architectures. */
  readonly underWay: LayersUnderWay
  /** For those of all architectures. */
  readonly hasher: TarHasher
  /** The image to build upon. */
  readonly base?: BaseFacts | undefined
  /** Of an archive in which this image is alone, without a base. */
  readonly draft?: ArchiveDraft | undefined
}

/** The image of one architecture, with what its documents say. */
export interface BuiltArch {
  /** OCI name. */
  readonly arch: string
  readonly facts: ImageFacts
  readonly image: Image
}

/** Builds one architecture's image, or takes it from the cache when nothing that decides it has changed. */
export async function buildArch(plan: ArchPlan, options: ArchOptions): Promise<BuiltArch> {
  const { base, session } = options
  const { facts, layers } = await contentsOf(plan, options)
  if (!hasLayering(plan.config)) {
    warnOfMissing(facts.missing, plan.arch, session)
  }
  const image = assembleImage({ ...plan, ...facts, layers, base: base?.image })
  return { arch: plan.arch, facts, image }
}

interface Contents {
  readonly facts: ImageFacts
  readonly layers: readonly LayerBlob[]
}

async function contentsOf(plan: ArchPlan, options: ArchOptions): Promise<Contents> {
  const { dates, session, base, compression } = options
  const { cacheDir } = session
  // What the bundle was made of, put in by the build; a program that runs from its sources remembers nothing.
  const program = process.env.APKTS_BUILD
  const key = base === undefined && program ? planKey(plan, dates, { program, compression }) : undefined
  if (cacheDir === undefined || key === undefined) return (await makeContents(plan, options)).contents
  const known = await remembered(cacheDir, key, session)
  if (known !== undefined) return known
  const { contents, layerKeys } = await makeContents(plan, options)
  await remember(cacheDir, key, contents, layerKeys, session)
  return contents
}

async function makeContents(
  plan: ArchPlan,
  { dates, directory, session, base, compression, underWay, hasher, draft }: ArchOptions,
): Promise<{ contents: Contents; layerKeys: (string | undefined)[] }> {
  const pieces = takesPieces(compression) ? openPackagePieces() : undefined
  try {
    if (mayBeReused(expectedSize(plan), hasher, session)) hasher.start()
    const composed = await composeArch(plan, { dates, session, pieces, base: base && { installed: base.installed } })
    const how = { directory, session, compression, underWay, hasher, pieces, draft }
    const provided = await provideLayers(composed, how)
    const contents = { facts: await gatherFacts(composed), layers: provided.map(({ layer }) => layer) }
    return { contents, layerKeys: provided.map(({ key }) => key) }
  } finally {
    await pieces?.close()
  }
}

/** Bytes of all packages as far as the index tells. */
function expectedSize({ packages }: ArchPlan): number {
  return packages.reduce((sum, item) => sum + ('record' in item ? item.record.installedSize : 0), 0)
}

async function remembered(cacheDir: string, key: string, { log }: Session): Promise<Contents | undefined> {
  try {
    const record = await openImageCache(join(cacheDir, IMAGE_CACHE)).find(key)
    if (record === undefined) return undefined
    const cache = openLayerCache(join(cacheDir, LAYER_CACHE))
    const found = await Promise.all(record.layers.map((layer) => cache.find(layer)))
    const layers = found.filter((layer) => layer !== undefined)
    return layers.length < found.length ? undefined : { facts: record.facts, layers }
  } catch (error) {
    if (!isSystemError(error)) throw error
    log.debug(`what was built before cannot be read: ${messageOf(error)}`)
    return undefined
  }
}

async function remember(
  cacheDir: string,
  key: string,
  { facts }: Contents,
  layers: readonly (string | undefined)[],
  { log }: Session,
): Promise<void> {
  const known = layers.filter((layer) => layer !== undefined)
  if (known.length < layers.length) return
  try {
    await openImageCache(join(cacheDir, IMAGE_CACHE)).add(key, { facts, layers: known })
  } catch (error) {
    if (!isSystemError(error)) throw error
    log.debug(`the image is not remembered: ${messageOf(error)}`)
  }
}
