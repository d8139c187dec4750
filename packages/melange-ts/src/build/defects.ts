import type { CompiledRecipe } from '../compile/types.ts'
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
