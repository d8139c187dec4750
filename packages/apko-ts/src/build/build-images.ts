import type { Instant } from '@apkts/encoding'
import { buildIndex, type Compression, type ImageIndex } from '@apkts/oci'
import type { Session } from '../environment/session.ts'
import { type BuildDates, indexDate } from '../image/dates.ts'
import type { ArchPlan } from './arch-plan.ts'
import type { BaseFacts } from './base.ts'
import { type BuiltArch, buildArch } from './build-arch.ts'

export interface BuildRequest {
  readonly plans: readonly ArchPlan[]
  readonly dates: BuildDates
  /** `url@revision`, recorded in the index. */
  readonly vcsUrl: string
  readonly annotations: Readonly<Record<string, string>>
  /** Directory for layer blobs. */
  readonly directory: string
  readonly session: Session
  /** Default gzip, level 4. */
  readonly compression?: Compression | undefined
  /** The image to build upon, per OCI name of an architecture. */
  readonly bases?: ReadonlyMap<string, BaseFacts>
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
  const { plans, annotations, vcsUrl } = request
  const built: BuiltArch[] = []
  for (const plan of plans) built.push(await buildArch(plan, { ...request, base: request.bases?.get(plan.arch) }))
  const created = indexDate(
    request.dates,
    built.map(({ facts }) => facts.created),
  )
  const index = buildIndex({ images: built.map(({ image }) => image), annotations, vcsUrl, created })
  return { archs: index.images.map((image) => built.find((arch) => arch.image === image)!), index, created, vcsUrl }
}
