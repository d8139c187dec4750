import { type FetchablePackage, type PackageSource, redactUrl, referenceOf } from '@apkts/repository'
import type { Session } from '../environment/session.ts'

/** A package that is to be installed, and where it would come from. */
export interface PlannedPackage {
  readonly name: string
  readonly version: string
  /** Address or path, without a password. */
  readonly url: string
  readonly source: PackageSource
  /** Bytes of the file, where the index or the lock file says. */
  readonly size: number | undefined
}

/** Looks where packages would come from. Fetches nothing. */
export function planPackages(
  packages: readonly FetchablePackage[],
  { repositories }: Session,
): Promise<PlannedPackage[]> {
  return Promise.all(
    packages.map(async (item) => {
      const { name, version, url, size } = referenceOf(item)
      return {
        name,
        version,
        url: redactUrl(url),
        source: await repositories.packageSource(item),
        size: size || undefined,
      }
    }),
  )
}

/** Number and bytes of packages from one source; those of unknown size count as nothing. */
export function totalOf(
  packages: readonly PlannedPackage[],
  source: PackageSource,
): { readonly packages: number; readonly bytes: number } {
  const chosen = packages.filter((item) => item.source === source)
  return { packages: chosen.length, bytes: chosen.reduce((sum, { size = 0 }) => sum + size, 0) }
}
