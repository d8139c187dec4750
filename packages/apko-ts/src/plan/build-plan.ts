import { toApkArch } from '@apkts/config'
import type { Compression } from '@apkts/oci'
import type { ArchPlan } from '../build/arch-plan.ts'
import type { BaseFacts } from '../build/base.ts'
import type { Session } from '../environment/session.ts'
import type { BuildDates } from '../image/dates.ts'
import { type PlannedLayer, planLayers } from './layers.ts'
import { type PlannedPackage, planPackages } from './packages.ts'

/** What building one architecture's image would take. */
export interface PlannedImage {
  /** Repository spelling. */
  readonly arch: string
  readonly packages: readonly PlannedPackage[]
  /** Absent where only packages matter, as for a lock file. */
  readonly layers?: readonly PlannedLayer[]
}

export interface BuildPlanRequest {
  readonly plans: readonly ArchPlan[]
  readonly dates: BuildDates
  readonly session: Session
  readonly compression?: Compression | undefined
  readonly bases?: ReadonlyMap<string, BaseFacts> | undefined
}

/** Finds out what building images would take, without fetching a package or writing a layer. */
export async function planBuild({ plans, bases, ...options }: BuildPlanRequest): Promise<PlannedImage[]> {
  const images: PlannedImage[] = []
  for (const plan of plans) {
    const packages = await planPackages(plan.packages, options.session)
    const layers = await planLayers(plan, packages, { ...options, base: bases?.get(plan.arch) })
    images.push({ arch: toApkArch(plan.arch), packages, layers })
  }
  return images
}
