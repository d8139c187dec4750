import type { Recipe } from '../recipe/types.ts'
import { executeTemplate } from './evaluate.ts'
import { parseTemplate } from './parser.ts'
import { recipeView } from './view.ts'

/**
 * Executes a Go text template on a recipe. Text is written as it is produced, so what came before an error stays. Throws
 * `RecipeError` (BAD_TEMPLATE).
 */
export function queryRecipe(recipe: Recipe, template: string, write: (text: string) => void): void {
  executeTemplate(parseTemplate(template), recipeView(recipe), write)
}
