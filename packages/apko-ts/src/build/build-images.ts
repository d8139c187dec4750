import type { Instant } from '@apkts/encoding'
import { buildIndex, type Compression, type ImageIndex, openTarHasher } from '@apkts/oci'
import type { ArchiveDraft } from '@apkts/registry'
import pLimit from 'p-limit'
import type { Session } from '../environment/session.ts'
import { type BuildDates, indexDate } from '../image/dates.ts'
import type { ArchPlan } from './arch-plan.ts'
import type { BaseFacts } from './base.ts'
import { type ArchOptions, type BuiltArch, buildArch } from './build-arch.ts'
import { LayersUnderWay } from './layers-under-way.ts'

/** Planned images to be built, and what is recorded in them. */
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
  /** Of the archive that the images will be written to; used for an image that is alone and has no base. */
  readonly draft?: ArchiveDraft | undefined
}

/** The images of all architectures and the index over them. */
export interface BuiltImages {
  /** In index order. */
  readonly archs: readonly BuiltArch[]
  readonly index: ImageIndex
  readonly created: Instant
  /** `url@revision`, or empty. */
  readonly vcsUrl: string
}

/** Builds every planned image, as many at once as the budget allows, and the index over them. */
export async function buildImages(request: BuildRequest): Promise<BuiltImages> {
  const { annotations, vcsUrl } = request
  const built = await buildAll(request)
  const created = indexDate(
    request.dates,
    built.map(({ facts }) => facts.created),
  )
  const index = buildIndex({ images: built.map(({ image }) => image), annotations, vcsUrl, created })
  return { archs: index.images.map((image) => built.find((arch) => arch.image === image)!), index, created, vcsUrl }
}

/** Layers of several architectures share a thread that hashes them, so that it is worth starting for less. */
const SHARED_FROM = 16 << 20

async function buildAll(request: BuildRequest): Promise<BuiltArch[]> {
  const hasher = openTarHasher(request.plans.length > 1 ? SHARED_FROM : undefined)
  try {
    return await buildEach(request, { underWay: new LayersUnderWay(), hasher })
  } finally {
    await hasher.close()
  }
}

/** In the order of the plans. When one fails, those under way come to their end first and the others are left. */
async function buildEach(
  { plans, bases, ...request }: BuildRequest,
  shared: Pick<ArchOptions, 'underWay' | 'hasher'>,
): Promise<BuiltArch[]> {
  const options = plans.length === 1 && bases === undefined ? request : { ...request, draft: undefined }
  const limit = pLimit(options.session.budget.archs)
  let failed = false
  const build = async (plan: ArchPlan): Promise<BuiltArch[]> => {
    if (failed) return []
    try {
      return [await buildArch(plan, { ...options, ...shared, base: bases?.get(plan.arch) })]
    } catch (error) {
      failed = true
      throw error
    }
  }
  const settled = await Promise.allSettled(plans.map((plan) => limit(build, plan)))
  const failure = settled.find((result) => result.status === 'rejected')
  if (failure !== undefined) throw failure.reason
  return settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
}
