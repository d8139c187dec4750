import { join } from 'node:path'
import {
  type Compression,
  compressorName,
  type KeyedRuns,
  keyedRuns,
  type LayerEntry,
  type PieceSource,
  type Run,
} from '@apkts/oci'
import type { Session } from '../environment/session.ts'
import { identifyContent } from './content-identity.ts'
import { LAYER_CACHE, type LayerCache, openLayerCache } from './layer-cache.ts'

/** Where a layer belongs in the cache. */
export interface LayerPlace {
  readonly cache: LayerCache
  readonly runs: KeyedRuns
}

/** What decides how a layer is compressed. */
export interface LayerMaking {
  readonly compression?: Compression | undefined
  readonly pieces?: PieceSource | undefined
}

/**
 * The cache of layers and the runs of one in it; undefined where nothing is cached or the layer has no key. `onRun` gets
 * each run as soon as it is known, as long as they are held.
 */
export function cachedLayer(
  entries: readonly LayerEntry[],
  { cacheDir }: Session,
  { compression, pieces }: LayerMaking,
  onRun?: (run: Run) => void,
): LayerPlace | undefined {
  if (cacheDir === undefined) return undefined
  const runs = keyedRuns(entries, identifyContent, compressorName(compression), { pieces, onRun })
  return runs && { cache: openLayerCache(join(cacheDir, LAYER_CACHE)), runs }
}
