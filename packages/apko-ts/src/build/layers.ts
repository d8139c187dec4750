import { join } from 'node:path'
import { toApkArch } from '@apkts/config'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import {
  type Compression,
  type LayerBlob,
  type LayerEntry,
  type TarHash,
  type TarHasher,
  writeLayer,
  writeLayerFile,
} from '@apkts/oci'
import type { ArchiveDraft } from '@apkts/registry'
import { checkUnchanged, type PackagePieces } from '@apkts/repository'
import { planRootfsLayers } from '@apkts/rootfs'
import type { Session } from '../environment/session.ts'
import type { ComposedArch } from './compose.ts'
import { configSize } from './image.ts'
import type { WriteLayer } from './layer-cache.ts'
import { cachedLayer, type LayerPlace } from './layer-place.ts'
import type { LayersUnderWay } from './layers-under-way.ts'

export interface LayersOptions {
  /** Directory for layer blobs; its owner removes it when they are copied to where they belong. */
  readonly directory: string
  readonly session: Session
  readonly compression?: Compression | undefined
  /** Those of all architectures. */
  readonly underWay: LayersUnderWay
  readonly hasher: TarHasher
  readonly pieces?: PackagePieces | undefined
  /** Gets the layers as soon as their bytes are there. */
  readonly draft?: ArchiveDraft | undefined
}

export interface ProvidedLayer {
  readonly layer: LayerBlob
  /** What the cache has it under, if it does. */
  readonly key: string | undefined
  /** Taken from the cache as it was. */
  readonly cached: boolean
}

/** Provides the layers of one architecture, from the cache or written anew; bottom first. */
export async function provideLayers(composed: ComposedArch, options: LayersOptions): Promise<ProvidedLayer[]> {
  const { plan, rootfs, packages, created } = composed
  const arch = toApkArch(plan.arch)
  const stage = options.session.log.stage(`write layers for ${arch}`)
  const plans = planRootfsLayers(rootfs)
  options.draft?.begin(configSize({ ...plan, created, user: rootfs.config.accounts.runAs }, plans.length))
  const layers: ProvidedLayer[] = []
  try {
    await options.pieces?.ready()
    for (const [index, { entries }] of plans.entries()) {
      stage.update({ done: index, total: plans.length })
      layers.push(await provideLayer(entries, `${arch}-${index}`, { ...options, packages }))
    }
  } finally {
    const reused = layers.filter(({ cached }) => cached).length
    stage.end(reused === 0 ? undefined : `${reused} of ${plans.length} unchanged`)
  }
  return layers
}

/** Whether so much of a layer of that many bytes may be at hand compressed that its tar is hashed in a thread. */
export function mayBeReused(size: number, hasher: TarHasher, { cacheDir }: Session): boolean {
  return size >= hasher.startsAt && cacheDir !== undefined
}

type ProvideOptions = LayersOptions & Pick<ComposedArch, 'packages'>

async function provideLayer(
  entries: readonly LayerEntry[],
  name: string,
  options: ProvideOptions,
): Promise<ProvidedLayer> {
  const size = entries.reduce((sum, { header }) => sum + header.size, 0)
  const told = mayBeReused(size, options.hasher, options.session) ? options.hasher.tar() : undefined
  try {
    return await provideHashed(entries, name, told, options)
  } finally {
    told?.forget()
  }
}

/** `told` is told of the runs as soon as they are known: hashing them takes longer than everything else. */
async function provideHashed(
  entries: readonly LayerEntry[],
  name: string,
  told: TarHash | undefined,
  { directory, session, compression, packages, underWay, hasher, pieces, draft }: ProvideOptions,
): Promise<ProvidedLayer> {
  const { log, signal, budget } = session
  const how = { signal, compression, parallelism: budget.segments, pieces }
  const place = cachedLayer(entries, session, { compression, pieces }, (run) => told?.add(run, undefined))
  if (place !== undefined) {
    const write: WriteLayer = async (sink, segments, onStitched) => {
      const reuse = { segments, runs: place.runs, hasher, told: place.runs.held ? told : undefined }
      const record = await writeLayer(entries, sink, { ...how, reuse, onStitched })
      pieces?.checkUnchanged()
      checkUnchanged(packages) // before the layer is kept: packages are read long after they were verified
      return record
    }
    try {
      return await throughCache(place, write, { underWay, draft })
    } catch (error) {
      if (!isSystemError(error)) throw error
      log.debug(`the layer is not kept for the next build: ${messageOf(error)}`)
    }
  }
  const layer = await writeLayerFile(entries, join(directory, `${name}.tar.gz`), how)
  draft?.add(layer)
  pieces?.checkUnchanged()
  checkUnchanged(packages)
  return { layer, key: undefined, cached: false }
}

async function throughCache(
  { cache, runs }: LayerPlace,
  write: WriteLayer,
  { underWay, draft }: Pick<LayersOptions, 'underWay' | 'draft'>,
): Promise<ProvidedLayer> {
  const { key } = runs
  const found = await cache.find(key)
  if (found !== undefined) draft?.add(found)
  const make = () => cache.add(key, runs, write, (blob) => draft?.add(blob))
  return { key, layer: found ?? (await underWay.write(runs, make)), cached: found !== undefined }
}
