import { jsonSchema } from '@apkts/config'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { recipeType } from '../recipe/schema.ts'

export async function run({ print }: CommandContext): Promise<undefined> {
  const schema = jsonSchema(recipeType, {
    title: 'package recipe',
    description: 'A recipe that melange-ts builds packages from',
  })
  print(`${JSON.stringify(schema, undefined, 2)}\n`)
}
