import { sortedUnique } from '@apkts/encoding'
import type { Generated } from '../sca/index.ts'

export interface Relations {
  readonly runtime: readonly string[]
  readonly provides: readonly string[]
  readonly vendored: readonly string[]
}

/**
 * Merges what the recipe declares with what the files show. Nothing that the package ships or provides itself stays a
 * dependency, unless the recipe asks for a certain version of it.
 */
export function mergeRelations(
  declared: { readonly runtime: readonly string[]; readonly provides: readonly string[] },
  generated: Generated,
): Relations {
  const provides = sortedUnique([...declared.provides, ...generated.provides])
  const found = without(generated.runtime, generated.vendored)
  return {
    runtime: without(sortedUnique([...declared.runtime, ...found]), provides),
    provides,
    vendored: sortedUnique(generated.vendored),
  }
}

function without(dependencies: readonly string[], provided: readonly string[]): string[] {
  const names = new Set(provided.map((name) => name.split('=')[0]!))
  return dependencies.filter((dependency) => !names.has(nameOf(dependency)))
}

// Only generated versions of libraries are cut off: a declared `foo=1` is not met by providing `foo`.
function nameOf(dependency: string): string {
  return dependency.startsWith('so-ver:') ? dependency.split('>=')[0]! : dependency
}
