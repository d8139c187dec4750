import { parseChecksumText } from '@apkts/apk'
import { toApkArch, validateImageConfig } from '@apkts/config'
import { buildRepositoriesOf, runtimeRepositoriesOf, worldOf } from '../environment/additions.ts'
import { worldOnBase } from '../environment/arch-facts.ts'
import { readBaseRecords } from '../environment/base-packages.ts'
import { gatherKeys } from '../environment/keys.ts'
import { ApkoError } from '../error.ts'
import type { LockedPackage, LockFile } from '../lock/format.ts'
import { lockedCopy, withAdditions } from '../lock/lock-config.ts'
import type { ArchPlan } from './arch-plan.ts'
import { checkPlannable } from './check.ts'
import type { PlanRequest } from './plan-images.ts'

export interface LockedRequest extends PlanRequest {
  readonly lock: LockFile
  /** Path of the lock file, for messages. */
  readonly lockPath: string
}

/**
 * Plans the images of a configuration from its lock file: exactly its packages, in its order, without looking at any
 * index. Throws `ApkoError` `LOCK_INCOMPLETE` for entries that cannot be verified or belong to no architecture.
 */
export async function planLockedImages(request: LockedRequest): Promise<ArchPlan[]> {
  const validated = validateImageConfig(withAdditions(request.config, request.added), request.locate)
  checkPlannable(validated)
  checkEntries(request)
  return Promise.all(request.archs.map((arch) => planArch(arch, request)))
}

async function planArch(arch: string, request: LockedRequest): Promise<ArchPlan> {
  const { added, session, lock } = request
  const packages = lock.packages.filter(({ architecture }) => architecture === toApkArch(arch))
  if (packages.length === 0) throw noEntries(arch, request.lockPath)
  const pinned = packages.map(({ name, version }) => `${name}=${version}`)
  const copy = lockedCopy(withAdditions(request.config, added), arch, pinned)
  const config = validateImageConfig(copy)
  const { baseImage } = config.contents
  const basePackages = baseImage === undefined ? [] : await readBaseRecords(baseImage, arch)
  return {
    arch,
    config,
    keys: await gatherKeys(config, arch, { added, session }),
    buildRepositories: buildRepositoriesOf(config, added),
    runtimeRepositories: runtimeRepositoriesOf(config, added),
    world: worldOnBase(worldOf(config, added), basePackages),
    packages: packages.map(({ checksum, ...entry }) => ({ ...entry, checksum: parseChecksumText(checksum) })),
  }
}

function checkEntries({ lock, lockPath }: LockedRequest): void {
  for (const entry of lock.packages) {
    if (entry.checksum === '') throw incomplete(entry, lockPath, 'has no checksum')
    if (entry.architecture === '' || entry.architecture === 'noarch') {
      throw incomplete(entry, lockPath, `has architecture "${entry.architecture}", so no image would get it`)
    }
  }
}

function incomplete({ name, version }: LockedPackage, lockPath: string, problem: string): ApkoError {
  return new ApkoError('LOCK_INCOMPLETE', `lock file ${lockPath}: package ${name}-${version} ${problem}`, {
    hint: 'write the lock file anew: apko-ts lock',
  })
}

function noEntries(arch: string, lockPath: string): ApkoError {
  return new ApkoError('LOCK_INCOMPLETE', `lock file ${lockPath} has no packages for ${toApkArch(arch)}`, {
    hint: 'write the lock file anew with that architecture, or build the others: --arch',
  })
}
