import { join } from 'node:path'
import { toApkArch } from '@apkts/config'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { type Compression, type LayerBlob, type LayerEntry, writeLayerFile } from '@apkts/oci'
import { checkUnchanged } from '@apkts/repository'
import { planRootfsLayers } from '@apkts/rootfs'
import type { Session } from '../environment/session.ts'
import type { ComposedArch } from './compose.ts'
import type { LayerCache, WriteLayer } from './layer-cache.ts'
import { cachedLayer } from './layer-place.ts'

export interface LayersOptions {
  /** Directory for layer blobs; its owner removes it when they are copied to where they belong. */
  readonly directory: string
  readonly session: Session
  readonly compression?: Compression | undefined
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
  const { plan, rootfs, packages } = composed
  const arch = toApkArch(plan.arch)
  const stage = options.session.log.stage(`write layers for ${arch}`)
  const plans = planRootfsLayers(rootfs)
  const layers: ProvidedLayer[] = []
  try {
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

async function provideLayer(
  entries: readonly LayerEntry[],
  name: string,
  { directory, session, compression, packages }: LayersOptions & Pick<ComposedArch, 'packages'>,
): Promise<ProvidedLayer> {
  const { log, signal, budget } = session
  const how = { signal, compression, parallelism: budget.segments }
  const place = cachedLayer(entries, session, compression)
  if (place !== undefined) {
    const write: WriteLayer = async (path, segments) => {
      const reuse = { segments, keys: place.runs }
      const { content: _, ...record } = await writeLayerFile(entries, path, { ...how, reuse })
      checkUnchanged(packages) // before the layer is kept: packages are read long after they were verified
      return record
    }
    try {
      return await throughCache(place.cache, place.key, write)
    } catch (error) {
      if (!isSystemError(error)) throw error
      log.debug(`the layer is not kept for the next build: ${messageOf(error)}`)
    }
  }
  const layer = await writeLayerFile(entries, join(directory, `${name}.tar.gz`), how)
  checkUnchanged(packages)
  return { layer, key: undefined, cached: false }
}

async function throughCache(cache: LayerCache, key: string, write: WriteLayer): Promise<ProvidedLayer> {
  const found = await cache.find(key)
  return { key, layer: found ?? (await cache.add(key, write)), cached: found !== undefined }
}
