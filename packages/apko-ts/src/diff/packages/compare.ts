import { compareVersions } from '@apkts/apk'
import { compareBytes } from '@apkts/encoding'
import type { PackageFacts } from './facts.ts'

/** One package that two sides have differently. */
export interface PackageChange {
  readonly name: string
  /** Absent for a package that was added. */
  readonly before?: PackageFacts
  /** Absent for a package that was removed. */
  readonly after?: PackageFacts
  /** `rebuilt`: the same version with other contents. */
  readonly kind: 'added' | 'removed' | 'upgraded' | 'downgraded' | 'rebuilt' | 'relicensed'
}

/** Licences that only one side has, with the packages that have them. */
export interface LicenseChanges {
  readonly gained: readonly License[]
  readonly lost: readonly License[]
}

export interface License {
  readonly license: string
  readonly packages: readonly string[]
}

/** What differs between two lists of packages, by name. */
export function packageChanges(before: readonly PackageFacts[], after: readonly PackageFacts[]): PackageChange[] {
  const [old, now] = [byName(before), byName(after)]
  const names = [...new Set([...old.keys(), ...now.keys()])].sort(compareBytes)
  return names.flatMap((name): PackageChange[] => {
    const [was, is] = [old.get(name), now.get(name)]
    if (was === undefined) return [{ name, after: is!, kind: 'added' }]
    if (is === undefined) return [{ name, before: was, kind: 'removed' }]
    const kind = kindOf(was, is)
    return kind === undefined ? [] : [{ name, before: was, after: is, kind }]
  })
}

/** Which licences came and went with the packages. */
export function licenseChanges(before: readonly PackageFacts[], after: readonly PackageFacts[]): LicenseChanges {
  const [old, now] = [byLicense(before), byLicense(after)]
  const only = (some: Map<string, string[]>, others: Map<string, string[]>) =>
    [...some]
      .filter(([license]) => !others.has(license))
      .map(([license, packages]) => ({ license, packages: packages.sort(compareBytes) }))
      .sort((a, b) => compareBytes(a.license, b.license))
  return { gained: only(now, old), lost: only(old, now) }
}

function kindOf(was: PackageFacts, is: PackageFacts): PackageChange['kind'] | undefined {
  if (was.version !== is.version) return compareVersions(was.version, is.version) > 0 ? 'downgraded' : 'upgraded'
  // One side may not know the checksum or the licence.
  if (was.checksum !== '' && is.checksum !== '' && was.checksum !== is.checksum) return 'rebuilt'
  return was.license !== '' && is.license !== '' && was.license !== is.license ? 'relicensed' : undefined
}

function byName(packages: readonly PackageFacts[]): Map<string, PackageFacts> {
  return new Map(packages.map((item) => [item.name, item]))
}

function byLicense(packages: readonly PackageFacts[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { name, license } of packages) {
    if (license === '') continue
    const names = found.get(license)
    if (names === undefined) found.set(license, [name])
    else names.push(name)
  }
  return found
}
