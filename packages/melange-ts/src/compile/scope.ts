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
  /** Told of every name that is asked for. */
  readonly onUse?: ((name: string) => void) | undefined
}

export function createScope(base: Variables, local: Variables = new Map(), onUse?: Scope['onUse']): Scope {
  return {
    base,
    local,
    onUse,
    get: (name) => {
      onUse?.(name)
      return local.get(name) ?? base.get(name)
    },
    keys: () => new Set([...base.keys(), ...local.keys()]),
  }
}

/** Names whose values still contain references. */
export function unresolvedNames({ base, local }: Scope): string[] {
  const names: string[] = []
  for (const variables of [base, local]) {
    for (const [name, value] of variables) {
      if (value.includes('${{') && (local.get(name) ?? base.get(name)) === value) names.push(name)
    }
  }
  return names
}
