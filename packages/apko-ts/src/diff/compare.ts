import { imageConfigDocument } from '@apkts/config'
import { ApkoError } from '../error.ts'
import { type FileChange, fileChanges } from './files/compare.ts'
import { type PrivilegeChange, privilegeChanges } from './files/privileges.ts'
import { type LicenseChanges, licenseChanges, type PackageChange, packageChanges } from './packages/compare.ts'
import type { PackageFacts } from './packages/facts.ts'
import { type SettingChange, settingChanges } from './settings/compare.ts'
import { lockSettings } from './settings/lock.ts'
import type { Subject } from './subject.ts'
import { type LayerMemory, type Variant, variantsOf } from './variants.ts'

/** What differs between two subjects. */
export interface Difference {
  readonly before: string
  readonly after: string
  /** Of configurations and lock files as a whole. */
  readonly settings: readonly SettingChange[]
  readonly platforms: readonly PlatformDifference[]
  /** Platforms that only one side has. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** What differs on one platform. */
export interface PlatformDifference {
  readonly platform: string
  /** Image IDs, where both are images. */
  readonly ids?: { readonly before: string; readonly after: string }
  readonly packages: readonly PackageChange[]
  readonly licenses: LicenseChanges
  /** What the image runs as, labels, annotations. */
  readonly settings: readonly SettingChange[]
  readonly privileges: readonly PrivilegeChange[]
  readonly files: readonly OwnedChange[]
}

export interface OwnedChange extends FileChange {
  /** Package that installed the path. */
  readonly package?: string
}

/** Compares two subjects; `platforms` restricts it. @throws ApkoError `DIFF_INPUT` when nothing in them can be compared */
export async function compareSubjects(
  before: Subject,
  after: Subject,
  platforms?: ReadonlySet<string>,
): Promise<Difference> {
  const isConfig = before.kind === 'config'
  if (isConfig !== (after.kind === 'config')) throw incomparable(before, after)
  const chosen = (subject: Subject) =>
    new Map(
      variantsOf(subject)
        .filter(({ platform }) => platforms?.has(platform) ?? true)
        .map((variant) => [variant.platform, variant]),
    )
  const [old, now] = [chosen(before), chosen(after)]
  const common: PlatformDifference[] = []
  for (const [platform, variant] of old) {
    const other = now.get(platform)
    if (other !== undefined) common.push(await compareVariants(variant, other))
  }
  if (!isConfig && old.size + now.size === 0) throw noPlatform(before, after)
  return {
    before: before.name,
    after: after.name,
    settings: subjectSettings(before, after),
    platforms: common,
    removed: [...old.keys()].filter((platform) => !now.has(platform)),
    added: [...now.keys()].filter((platform) => !old.has(platform)),
  }
}

/** True when something differs. Images of one ID are the same, however their layers are compressed. */
export function isDifferent({ settings, platforms, removed, added }: Difference): boolean {
  return settings.length + removed.length + added.length > 0 || platforms.some(isPlatformDifferent)
}

export function isPlatformDifferent(found: PlatformDifference): boolean {
  const { ids, packages, settings, files } = found
  return packages.length + settings.length + files.length > 0 || ids?.before !== ids?.after
}

async function compareVariants(before: Variant, after: Variant): Promise<PlatformDifference> {
  const ids = before.id === undefined || after.id === undefined ? undefined : { before: before.id, after: after.id }
  if (ids !== undefined && ids.before === ids.after) return same(before.platform, ids)
  const layers: LayerMemory = new Map()
  const [old, now] = [await before.load(layers), await after.load(layers)]
  const files = old.files !== undefined && now.files !== undefined ? fileChanges(old.files, now.files) : []
  return {
    platform: before.platform,
    ...(ids === undefined ? {} : { ids }),
    packages: packageChanges(old.packages, now.packages),
    licenses: licensesOf(old.packages, now.packages),
    settings:
      old.settings !== undefined && now.settings !== undefined ? settingChanges(old.settings, now.settings) : [],
    privileges: privilegeChanges(files),
    files: files.map((change) => {
      const owner = now.owners.get(change.path) ?? old.owners.get(change.path)
      return owner === undefined ? change : { ...change, package: owner }
    }),
  }
}

/** Lock files do not know licences. */
function licensesOf(before: readonly PackageFacts[], after: readonly PackageFacts[]): LicenseChanges {
  const areKnown = (packages: readonly PackageFacts[]) =>
    packages.length === 0 || packages.some(({ license }) => license !== '')
  return areKnown(before) && areKnown(after) ? licenseChanges(before, after) : { gained: [], lost: [] }
}

/** The ID is the digest of what names every layer: nothing in them can differ. */
function same(platform: string, ids: NonNullable<PlatformDifference['ids']>): PlatformDifference {
  return { platform, ids, packages: [], licenses: { gained: [], lost: [] }, settings: [], privileges: [], files: [] }
}

function subjectSettings(before: Subject, after: Subject): SettingChange[] {
  if (before.kind === 'config' && after.kind === 'config') {
    return settingChanges(imageConfigDocument(before.config), imageConfigDocument(after.config))
  }
  if (before.kind === 'lock' && after.kind === 'lock') {
    return settingChanges(lockSettings(before.lock), lockSettings(after.lock))
  }
  return []
}

const KINDS = { image: 'an image', lock: 'a lock file', config: 'a configuration' } as const

function incomparable(before: Subject, after: Subject): ApkoError {
  const what = `${before.name} is ${KINDS[before.kind]} and ${after.name} is ${KINDS[after.kind]}`
  return new ApkoError('DIFF_INPUT', `${what}: they have nothing in common that can be compared`, {
    hint: 'lock the configuration first (apko-ts lock) and compare the lock file',
  })
}

function noPlatform(before: Subject, after: Subject): ApkoError {
  const names = [...new Set([before, after].flatMap(variantsOf).map(({ platform }) => platform))]
  return new ApkoError('DIFF_INPUT', 'neither side has a platform that --arch names', {
    notes: names.length === 0 ? [] : [`there are: ${names.join(', ')}`],
  })
}
