import { join } from 'node:path'
import { type Compression, compressorName, type LayerEntry, layerKey, layerRuns } from '@apkts/oci'
import type { Session } from '../environment/session.ts'
import { identifyContent } from './content-identity.ts'
import { LAYER_CACHE, type LayerCache, openLayerCache } from './layer-cache.ts'

/** The cache of layers and the key of one in it; undefined where nothing is cached or the layer has no key. */
export function cachedLayer(
  entries: readonly LayerEntry[],
  { cacheDir }: Session,
  compression: Compression | undefined,
): { readonly cache: LayerCache; readonly key: string } | undefined {
  const key =
    cacheDir === undefined ? undefined : layerKey(layerRuns(entries), identifyContent, compressorName(compression))
  if (cacheDir === undefined || key === undefined) return undefined
  return { cache: openLayerCache(join(cacheDir, LAYER_CACHE)), key }
}
