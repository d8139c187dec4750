import { ApkoError } from '../error.ts'
import { describeDrift } from '../lock/drift.ts'
import type { LockFile } from '../lock/format.ts'
import { checkLockFile, loadLockFile } from '../lock/read.ts'
import type { ArchPlan } from './arch-plan.ts'
import { hasLayering } from './check.ts'
import { type PlanRequest, planImages } from './plan-images.ts'
import { planLockedImages } from './plan-locked.ts'

export interface WantedFrom {
  /** Path of the configuration, for messages. */
  readonly path: string
  /** Checksum of the configuration. */
  readonly checksum: string
  /** Path of a lock file; that of the session's bundle when absent. */
  readonly lockfile?: string | undefined
}

/** Plans the images of a configuration, from its lock file when there is one, else by resolving. Throws `ApkoError`. */
export async function planWanted(request: PlanRequest, from: WantedFrom): Promise<readonly ArchPlan[]> {
  const plans = await planOf(request, from)
  return request.bare === true ? plans.map((plan) => barePlan(plan, request)) : plans
}

/** Layers are cut along apk's database, so there are none without it. */
function barePlan(plan: ArchPlan, { locate }: PlanRequest): ArchPlan {
  if (!hasLayering(plan.config) && plan.config.contents.baseImage === undefined) return { ...plan, bare: true }
  throw new ApkoError(
    'LAYERING',
    '--bare makes one layer that stands alone: it goes with neither layering nor baseimage',
    {
      at: locate?.(hasLayering(plan.config) ? ['layering'] : ['contents', 'baseImage']),
    },
  )
}

async function planOf(request: PlanRequest, { path, checksum, lockfile }: WantedFrom): Promise<readonly ArchPlan[]> {
  const { bundle, log } = request.session
  const lockPath = lockfile ?? bundle?.path
  if (lockPath !== undefined) {
    const changes = (lock: LockFile) => describeDrift(lock, request)
    const lock = lockPath === bundle?.path ? bundle.lock : await loadLockFile(lockPath)
    await checkLockFile(lock, lockPath, { config: path, checksum, log, changes })
    return planLockedImages({ ...request, lockPath, lock })
  }
  if (request.config.contents.baseImage !== undefined) {
    throw new ApkoError('BASE_IMAGE', 'building on a base image needs a lock file: pass --lockfile', {
      at: request.locate?.(['contents', 'baseImage']),
      hint: `make one with: apko-ts lock ${path}`,
    })
  }
  return planImages(request)
}
