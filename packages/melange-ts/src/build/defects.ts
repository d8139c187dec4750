import type { CompiledRecipe } from '../compile/types.ts'
import { withOptionPackages, withOptionVars } from '../recipe/build-options.ts'
import type { Recipe } from '../recipe/types.ts'
import { evaluateCondition } from '../substitute/condition.ts'

/**
 * A compiled recipe with what melange gets wrong: conditions of subpackages are judged with every variable empty, and their
 * `setcap` is forgotten.
 */
export function withDefects(compiled: CompiledRecipe, recipe: Recipe): CompiledRecipe {
  const subpackages = compiled.subpackages.map((subpackage, at) => {
    const condition = (recipe.subpackages[at]?.if ?? '').replace(/\$\{\{[^}]*\}\}/g, '""')
    return { ...subpackage, enabled: evaluateCondition(condition), setcap: [] }
  })
  return { ...compiled, subpackages }
}

/** A loaded recipe with build options applied where melange does it: too late for variables that loading has replaced. */
export function withLateOptions(recipe: Recipe, chosen: readonly string[]): Recipe {
  return withOptionPackages({ ...recipe, vars: withOptionVars(recipe.vars, recipe.options, chosen) }, chosen)
}
