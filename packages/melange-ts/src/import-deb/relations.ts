import { compareBytes, sortedUnique } from '@apkts/encoding'
import { aliasesOf } from './aliases.ts'
import { outrankedBy } from './alternatives.ts'
import { type Available, availablePackages, chooseDependencies, dependencyText } from './choose.ts'
import type { DebControl } from './control.ts'
import type { PackageFacts } from './facts.ts'
import { MERGED_USR } from './generated.ts'

/** A package of the repository with all that its relations depend on. */
export interface ImportedPackage {
  readonly control: DebControl
  readonly facts: PackageFacts
}

export interface Relations {
  readonly dependencies: readonly string[]
  readonly provides: readonly string[]
  readonly replaces: readonly string[]
}

/**
 * Relations of every package of a repository, by name. Generated dependencies that nothing in the repository provides
 * are left out: Debian knows better what its package needs. A generated name that two packages offer is given to the
 * first, because a versioned provide excludes all others from an installation.
 */
export function repositoryRelations(packages: readonly ImportedPackage[], keepEpoch: boolean): Map<string, Relations> {
  const sorted = [...packages].sort((a, b) => compareBytes(a.control.name, b.control.name))
  const available = availablePackages(sorted.map(({ control }) => control))
  const generated = ownGenerated(sorted)
  const offered = new Set([...generated.values()].flat().map(nameOf))
  return new Map(
    sorted.map((one) => {
      const provides = providesOf(one, available, generated.get(one.control.name) ?? [])
      const relations = {
        dependencies: dependenciesOf(one, available, { offered, provides, keepEpoch }),
        provides,
        replaces: replacesOf(one.control),
      }
      return [one.control.name, relations]
    }),
  )
}

function ownGenerated(packages: readonly ImportedPackage[]): Map<string, string[]> {
  const taken = new Set<string>()
  return new Map(
    packages.map(({ control, facts }) => {
      const own = facts.generated.provides.filter((provide) => !taken.has(nameOf(provide)))
      for (const provide of own) taken.add(nameOf(provide))
      return [control.name, own]
    }),
  )
}

// A provide of a name that a real package has would exclude that package, and one of the own name cannot be installed.
function providesOf({ control }: ImportedPackage, available: Available, generated: readonly string[]): string[] {
  const virtual = [...control.provides.map(({ name }) => name), ...aliasesOf(control.name)]
  return sortedUnique([...virtual.filter((name) => !available.byName.has(name)), ...generated])
}

function dependenciesOf(
  { control, facts }: ImportedPackage,
  available: Available,
  context: { offered: ReadonlySet<string>; provides: readonly string[]; keepEpoch: boolean },
): string[] {
  const own = new Set([control.name, ...context.provides.map(nameOf)])
  const declared = chooseDependencies(control, available).map((chosen) => dependencyText(chosen, context.keepEpoch))
  const vendored = new Set(facts.generated.vendored.map(nameOf))
  const found = facts.generated.runtime.filter(
    (need) => context.offered.has(nameOf(need)) && !vendored.has(nameOf(need)),
  )
  const layout = facts.moved ? [MERGED_USR] : []
  return sortedUnique([...declared, ...found, ...layout]).filter((need) => !own.has(nameOf(need)))
}

// Versions are dropped: readers compare the entries with package names.
function replacesOf(control: DebControl): string[] {
  const names = [...control.replaces.map(({ name }) => name), ...outrankedBy(control.name)]
  return sortedUnique(names.filter((name) => name !== control.name))
}

function nameOf(relation: string): string {
  return relation.replace(/[<=>~].*$/, '')
}
