import { type Compression, type Layer, takesPieces } from '@apkts/oci'
import { type FetchablePackage, openPackagePieces } from '@apkts/repository'
import { type LayerFacts, layerGroups, planRootfsLayers } from '@apkts/rootfs'
import type { ArchPlan } from '../build/arch-plan.ts'
import type { BaseFacts } from '../build/base.ts'
import { hasLayering } from '../build/check.ts'
import { composeArch } from '../build/compose.ts'
import { cachedLayer } from '../build/layer-place.ts'
import type { Session } from '../environment/session.ts'
import type { BuildDates } from '../image/dates.ts'
import type { PlannedPackage } from './packages.ts'

/** A layer of an image that is to be built, bottom first; those of a base image are not listed. */
export interface PlannedLayer {
  /** Names of the packages in it; none for a top layer. */
  readonly packages: readonly string[]
  /** There already; to be made; or unknown, because it takes the packages to know. */
  readonly state: 'cached' | 'make' | 'unknown'
  /** Of a layer that is there. */
  readonly facts?: Pick<Layer, 'digest' | 'diffId' | 'size'> | undefined
}

export interface LayerPlanOptions {
  readonly dates: BuildDates
  readonly session: Session
  readonly compression?: Compression | undefined
  readonly base?: BaseFacts | undefined
}

/** Plans the layers of one architecture: exactly when all packages are cached, else by what is said of them. */
export async function planLayers(
  plan: ArchPlan,
  packages: readonly PlannedPackage[],
  options: LayerPlanOptions,
): Promise<PlannedLayer[]> {
  if (packages.every(({ source }) => source === 'cache')) return layersOfCached(plan, options)
  return expectedGroups(plan).map((names) => ({ packages: names, state: 'unknown' }))
}

async function layersOfCached(plan: ArchPlan, options: LayerPlanOptions): Promise<PlannedLayer[]> {
  const { dates, session, base, compression } = options
  const pieces = takesPieces(compression) ? openPackagePieces() : undefined
  try {
    const composed = await composeArch(plan, { dates, session, pieces, base: base && { installed: base.installed } })
    await pieces?.ready()
    const layers: PlannedLayer[] = []
    for (const { packages, entries } of planRootfsLayers(composed.rootfs)) {
      const place = cachedLayer(entries, session, { compression, pieces })
      const facts = await place?.cache.peek(place.runs.key)
      layers.push({ packages, state: facts === undefined ? 'make' : 'cached', facts })
    }
    return layers
  } finally {
    await pieces?.close()
  }
}

function expectedGroups({ config, packages }: ArchPlan): (readonly string[])[] {
  const { layering } = config
  const facts = packages.flatMap(layerFacts)
  // A lock file does not say what packages are built from.
  const known = layering !== undefined && hasLayering(config) && facts.length === packages.length
  return known ? [...layerGroups(facts, layering), []] : [packages.map(nameOf)]
}

function layerFacts(item: FetchablePackage): LayerFacts[] {
  if (!('record' in item)) return []
  const { name, version, origin, replaces, installedSize } = item.record
  return [{ name, version, origin, replaces, size: installedSize }]
}

function nameOf(item: FetchablePackage): string {
  return 'record' in item ? item.record.name : item.name
}
