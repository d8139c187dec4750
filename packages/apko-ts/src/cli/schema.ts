import type { CommandSpec } from '@apkts/diagnostics/cli'

export const schemaCommand: CommandSpec = {
  name: 'schema',
  usage: '',
  summary: 'Print the JSON Schema of image configurations, for editors and validators.',
  details: `An editor with YAML support completes and checks a configuration that names the schema in its first line:
# yaml-language-server: $schema=./image.schema.json`,
  examples: ['apko-ts schema', 'apko-ts schema --output image.schema.json'],
  args: { min: 0, max: 0 },
  options: [
    { name: 'output', short: 'o', type: 'string', description: 'write the schema into this file', value: 'FILE' },
  ],
  load: () => import('../commands/schema.ts'),
}
