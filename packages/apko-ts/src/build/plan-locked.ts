import { parseChecksumText } from '@apkts/apk'
import { type ImageConfig, toApkArch, validateImageConfig } from '@apkts/config'
import { compareBytes } from '@apkts/encoding'
import { type Keys, keyFileName } from '@apkts/keyring'
import type { LockedReference } from '@apkts/repository'
import { buildRepositoriesOf, runtimeRepositoriesOf, worldOf } from '../environment/additions.ts'
import { worldOnBase } from '../environment/arch-facts.ts'
import { readBaseRecords } from '../environment/base-packages.ts'
import { gatherKeys, readKey } from '../environment/keys.ts'
import { ApkoError } from '../error.ts'
import type { LockedPackage, LockFile } from '../lock/format.ts'
import { lockedCopy, withAdditions } from '../lock/lock-config.ts'
import type { ArchPlan } from './arch-plan.ts'
import { checkPlannable } from './check.ts'
import type { PlanRequest } from './plan-images.ts'

/** A configuration whose packages are those of a lock file. */
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
  const { added, lock } = request
  const packages = lock.packages.filter(({ architecture }) => architecture === toApkArch(arch))
  if (packages.length === 0) throw noEntries(arch, request.lockPath)
  const pinned = packages.map(({ name, version }) => `${name}=${version}`)
  const copy = lockedCopy(withAdditions(request.config, added), arch, pinned)
  const config = validateImageConfig(copy)
  const { baseImage } = config.contents
  const basePackages = baseImage === undefined ? [] : await readBaseRecords(baseImage, arch, request.session)
  return {
    arch,
    config,
    keys: await keysOf(config, arch, request),
    buildRepositories: buildRepositoriesOf(config, added),
    runtimeRepositories: runtimeRepositoriesOf(config, added),
    world: worldOnBase(worldOf(config, added), basePackages),
    packages: packages.map(packageOf),
  }
}

/** A bundle has the keys that were in use when it was made; those of the command line are added. */
async function keysOf(config: ImageConfig, arch: string, { added, session }: LockedRequest): Promise<Keys> {
  const bundled = session.bundle?.keys.get(toApkArch(arch))
  if (session.bundle === undefined) return gatherKeys(config, arch, { added, session })
  const keys = new Map(bundled)
  for (const element of added.keyring) keys.set(keyFileName(element), await readKey(element, session))
  return new Map([...keys].sort(([a], [b]) => compareBytes(a, b)))
}

function packageOf({ name, url, version, checksum, data }: LockedPackage): LockedReference {
  // The data section is the last of a package.
  const last = /^bytes=\d+-(\d{1,15})$/.exec(data.range)?.[1]
  const size = last === undefined ? undefined : Number(last) + 1
  return { name, url, version, checksum: parseChecksumText(checksum), size }
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
