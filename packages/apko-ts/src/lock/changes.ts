import { compareBytes } from '@apkts/encoding'
import type { LockedPackage } from './format.ts'

/** What is compared of a package in a lock file. */
export type LockedBuild = Pick<LockedPackage, 'name' | 'version' | 'architecture' | 'checksum'>

/** One package that two lock files have differently. */
export interface PackageChange {
  readonly architecture: string
  readonly name: string
  /** Absent for a package that was added. */
  readonly before?: string
  /** Absent for a package that was removed. The same as `before` for one that was built again in the same version. */
  readonly after?: string
}

/** What differs between the packages of two lock files, by architecture and name; the order in them does not matter. */
export function packageChanges(before: readonly LockedBuild[], after: readonly LockedBuild[]): PackageChange[] {
  const old = byPlace(before)
  const now = byPlace(after)
  const places = [...new Set([...old.keys(), ...now.keys()])].sort(compareBytes)
  return places.flatMap((place): PackageChange[] => {
    const [was, is] = [old.get(place), now.get(place)]
    if (was?.version === is?.version && was?.checksum === is?.checksum) return []
    const { architecture, name } = (is ?? was)!
    return [
      {
        architecture,
        name,
        ...(was === undefined ? {} : { before: was.version }),
        ...(is === undefined ? {} : { after: is.version }),
      },
    ]
  })
}

/** The change as one line: `x86_64: lib 1.0-r0 → 2.0-r0`. */
export function formatChange({ architecture, name, before, after }: PackageChange): string {
  if (before === undefined) return `${architecture}: + ${name} ${after}`
  if (after === undefined) return `${architecture}: - ${name} ${before}`
  if (before === after) return `${architecture}: ${name} ${after} was built again`
  return `${architecture}: ${name} ${before} → ${after}`
}

const SHOWN = 20

/** The changes as lines, not too many. */
export function formatChanges(changes: readonly PackageChange[]): string[] {
  const rest = changes.length - SHOWN
  return [...changes.slice(0, SHOWN).map(formatChange), ...(rest > 0 ? [`and ${rest} more packages`] : [])]
}

function byPlace(packages: readonly LockedBuild[]): Map<string, LockedBuild> {
  return new Map(packages.map((locked) => [`${locked.architecture}\0${locked.name}`, locked]))
}
