import { type PkgInfo, parseConstraint, parseVersion, satisfies } from '@apkts/apk'
import { concatBytes, utf8 } from '@apkts/encoding'
import { distributeEntries, groupPackages, type Layering, type LayerPackage, type LayerPlan } from '@apkts/oci'
import type { Rootfs } from './compose.ts'
import { INSTALLED } from './initial.ts'
import { installedRecord } from './install/install.ts'
import { walkTree } from './tree/walk.ts'

/**
 * The layers of a root filesystem, bottom first: one, or as `layering` of its configuration says, package groups and a
 * top layer. Every group layer carries the database records of its own packages.
 * @throws OciError for an unknown strategy or a negative budget
 */
export function planRootfsLayers(rootfs: Rootfs): LayerPlan[] {
  const { layering } = rootfs.config
  if (layering === undefined || (layering.strategy === '' && layering.budget === 0)) {
    return [{ packages: rootfs.installed.map((item) => item.package.pkgInfo.name), entries: [...walkTree(rootfs)] }]
  }
  const packages = rootfs.installed.map((item) => item.package)
  const records = new Map(rootfs.installed.map((item) => [item.package.pkgInfo.name, utf8(installedRecord(item))]))
  return distributeEntries({
    entries: walkTree(rootfs),
    groups: layerGroups(
      packages.map((item) => item.pkgInfo),
      layering,
    ),
    shared: { path: INSTALLED, part: (names) => concatBytes(names.map((name) => records.get(name)!)) },
  })
}

/** What a package says of itself that decides which layer it is in. */
export type LayerFacts = Pick<PkgInfo, 'name' | 'version' | 'origin' | 'size' | 'replaces'>

/**
 * Names of the packages of each package layer, bottom first. `size` is the installed size in bytes.
 * @throws OciError for an unknown strategy or a negative budget
 */
export function layerGroups(packages: readonly LayerFacts[], layering: Layering): string[][] {
  return groupPackages(
    packages.map((item) => layerPackage(item, packages)),
    layering,
  )
}

function layerPackage({ name, origin, size, replaces }: LayerFacts, all: readonly LayerFacts[]): LayerPackage {
  const constraints = replaces.map(parseConstraint)
  const isReplaced = (other: LayerFacts) =>
    constraints.some((constraint) => constraint.name === other.name && allows(constraint, other.version))
  return { name, origin, size, replaced: all.filter(isReplaced).map((other) => other.name) }
}

function allows({ operator, version }: ReturnType<typeof parseConstraint>, actual: string): boolean {
  if (operator === 'any') return true
  const [found, required] = [parseVersion(actual), parseVersion(version)]
  return found !== undefined && required !== undefined && satisfies(found, operator, required)
}
