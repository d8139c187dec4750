import type { CommandSpec } from '@apkts/diagnostics/cli'

export const schemaCommand: CommandSpec = {
  name: 'schema',
  usage: '',
  summary: 'Print the JSON Schema of recipes, for editors.',
  examples: ['melange-ts schema > recipe.schema.json', 'melange-ts schema | your-validator --schema - hello.yaml'],
  args: { min: 0, max: 0 },
  options: [],
  load: () => import('./run-schema.ts'),
}
