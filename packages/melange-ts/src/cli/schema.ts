import type { CommandSpec } from '@apkts/diagnostics/cli'

export const schemaCommand: CommandSpec = {
  name: 'schema',
  usage: '',
  summary: 'Print the JSON Schema of recipes, for editors and validators.',
  details: `An editor with YAML support completes and checks a recipe that names the schema in its first line:
# yaml-language-server: $schema=./recipe.schema.json`,
  examples: ['melange-ts schema', 'melange-ts schema --output recipe.schema.json'],
  args: { min: 0, max: 0 },
  options: [
    { name: 'output', short: 'o', type: 'string', description: 'write the schema into this file', value: 'FILE' },
  ],
  load: () => import('./run-schema.ts'),
}
