import type { CommandSpec } from '@apkts/diagnostics/cli'

export const bumpCommand: CommandSpec = {
  name: 'bump',
  usage: 'RECIPE.yaml VERSION',
  summary: 'Set a new version in a recipe, with the checksums of its sources.',
  details: `The epoch becomes 0, or one more when the version stays the same. Sources of fetch steps are downloaded for their checksums. Only
the changed values are touched: comments and layout stay.`,
  examples: [
    'melange-ts bump hello.yaml 2.13',
    'melange-ts bump hello.yaml 2.13 --expected-commit 1ff509455460062fbfc6ee289106710b00aa14f1',
  ],
  args: { min: 2, max: Number.POSITIVE_INFINITY },
  options: [
    { name: 'expected-commit', type: 'string', description: 'new commit of the git-checkout steps', value: 'HASH' },
  ],
  load: () => import('./run-bump.ts'),
}
