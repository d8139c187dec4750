import type { Instant } from '@apkts/encoding'
import { buildIndex, type Image, type ImageIndex } from '@apkts/oci'
import type { Session } from '../environment/session.ts'
import { type BuildDates, indexDate } from '../image/dates.ts'
import type { ArchPlan } from './arch-plan.ts'
import type { BaseFacts } from './base.ts'
import { type ComposedArch, composeArch } from './compose.ts'
import { buildArchImage } from './image.ts'

export interface BuildRequest {
  readonly plans: readonly ArchPlan[]
  readonly dates: BuildDates
  /** `url@revision`, recorded in the index. */
  readonly vcsUrl: string
  readonly annotations: Readonly<Record<string, string>>
  /** Directory for layer blobs. */
  readonly directory: string
  readonly session: Session
  /** The image to build upon, per OCI name of an architecture. */
  readonly bases?: ReadonlyMap<string, BaseFacts>
}

export interface BuiltArch {
  readonly composed: ComposedArch
  readonly image: Image
}

export interface BuiltImages {
  /** In index order. */
  readonly archs: readonly BuiltArch[]
  readonly index: ImageIndex
  readonly created: Instant
  /** `url@revision`, or empty. */
  readonly vcsUrl: string
}

/** Builds every planned image, one after the other, and the index over them. */
export async function buildImages(request: BuildRequest): Promise<BuiltImages> {
  const { plans, dates, annotations, vcsUrl } = request
  const built: BuiltArch[] = []
  for (const plan of plans) built.push(await buildArch(plan, request))
  const created = indexDate(
    dates,
    built.map(({ composed }) => composed.created),
  )
  const index = buildIndex({ images: built.map(({ image }) => image), annotations, vcsUrl, created })
  return { archs: index.images.map((image) => built.find((arch) => arch.image === image)!), index, created, vcsUrl }
}

async function buildArch(plan: ArchPlan, { dates, directory, session, bases }: BuildRequest): Promise<BuiltArch> {
  const base = bases?.get(plan.arch)
  const composed = await composeArch(plan, { dates, session, base: base && { installed: base.installed } })
  const image = await buildArchImage(composed, { directory, session, base: base?.image })
  return { composed, image }
}
