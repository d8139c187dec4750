import { jsonSchema } from '@apkts/config'
import { recipeType } from './schema.ts'

/**
 * Text of the JSON Schema (draft 07) of recipes, for editors and validators. It comes from the definition that the loader
 * decodes by, so it knows the same keys and types.
 */
export function recipeSchema(): string {
  const schema = jsonSchema(recipeType, {
    title: 'package recipe',
    description: 'A recipe that melange-ts builds packages from',
  })
  return `${JSON.stringify(schema, undefined, 2)}\n`
}
