import type { Variables } from '../substitute/lenient.ts'

/**
 * The variables a step sees: those of the recipe, shared by all steps, and those of the pipelines around it. Inner
 * pipelines see all inputs of the outer ones.
 */
export interface Scope {
  readonly base: Variables
  readonly local: Variables
  get(name: string): string | undefined
  keys(): Iterable<string>
}

export function createScope(base: Variables, local: Variables = new Map()): Scope {
  return {
    base,
    local,
    get: (name) => local.get(name) ?? base.get(name),
    keys: () => new Set([...base.keys(), ...local.keys()]),
  }
}

/** Names whose values still contain references. */
export function unresolvedNames(scope: Scope): string[] {
  const names: string[] = []
  for (const variables of [scope.base, scope.local]) {
    for (const [name, value] of variables) {
      if (value.includes('${{') && scope.get(name) === value) names.push(name)
    }
  }
  return names
}
