import { parseConstraint, parseVersion, satisfies } from '@apkts/apk'
import { concatBytes, utf8 } from '@apkts/encoding'
import { distributeEntries, groupPackages, type LayerPackage, type LayerPlan } from '@apkts/oci'
import type { Rootfs } from './compose.ts'
import { INSTALLED } from './initial.ts'
import { installedRecord } from './install/install.ts'
import type { InstallPackage } from './install/package.ts'
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
    groups: groupPackages(
      packages.map((pkg) => layerPackage(pkg, packages)),
      layering,
    ),
    shared: { path: INSTALLED, part: (names) => concatBytes(names.map((name) => records.get(name)!)) },
  })
}

function layerPackage({ pkgInfo }: InstallPackage, all: readonly InstallPackage[]): LayerPackage {
  const { name, origin, size, replaces } = pkgInfo
  const constraints = replaces.map(parseConstraint)
  const replaced = all
    .filter((other) =>
      constraints.some(
        (constraint) => constraint.name === other.pkgInfo.name && allows(constraint, other.pkgInfo.version),
      ),
    )
    .map((other) => other.pkgInfo.name)
  return { name, origin, size, replaced }
}

function allows({ operator, version }: ReturnType<typeof parseConstraint>, actual: string): boolean {
  if (operator === 'any') return true
  const [found, required] = [parseVersion(actual), parseVersion(version)]
  return found !== undefined && required !== undefined && satisfies(found, operator, required)
}
