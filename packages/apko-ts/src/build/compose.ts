import { toApkArch } from '@apkts/config'
import type { Instant } from '@apkts/encoding'
import type { ExpandedPackage, PackagePieces } from '@apkts/repository'
import { composeRootfs, type Rootfs } from '@apkts/rootfs'
import type { Session } from '../environment/session.ts'
import { type BuildDates, imageDate } from '../image/dates.ts'
import type { ArchPlan } from './arch-plan.ts'
import { fetchPackages } from './fetch.ts'

/** The root filesystem of one architecture, in memory, and what it was made of. */
export interface ComposedArch {
  readonly plan: ArchPlan
  readonly rootfs: Rootfs
  /** Creation date of the image. */
  readonly created: Instant
  /** In installation order. */
  readonly packages: readonly ExpandedPackage[]
}

export interface ComposeOptions {
  readonly dates: BuildDates
  readonly session: Session
  /** Installed database text of the image this one stands on. */
  readonly base?: { readonly installed: string } | undefined
  /** Gets the packages. */
  readonly pieces?: PackagePieces | undefined
}

/** Fetches the packages of a plan and lays out its root filesystem. */
export async function composeArch(plan: ArchPlan, options: ComposeOptions): Promise<ComposedArch> {
  const { dates, session, base, pieces } = options
  const packages = await fetchPackages(plan.packages, session, pieces?.prepare)
  session.checkpoint()
  const created = imageDate(
    dates,
    packages.map(({ pkgInfo }) => pkgInfo.buildDate),
  )
  const rootfs = await composeRootfs({
    ...plan,
    arch: toApkArch(plan.arch),
    packages,
    contextDate: dates.context,
    imageDate: created,
    base,
  })
  return { plan, rootfs, created, packages }
}
