import { jsonSchema } from '../decode/json-schema.ts'
import { imageConfigType } from './schema.ts'

/**
 * Text of the JSON Schema (draft 07) of image configurations, for editors and validators. It comes from the definition
 * that the loader decodes by, so it knows the same keys and types.
 */
export function imageConfigSchema(): string {
  const schema = jsonSchema(imageConfigType, {
    title: 'image configuration',
    description: 'A configuration that apko-ts builds an image from',
  })
  return `${JSON.stringify(schema, undefined, 2)}\n`
}
