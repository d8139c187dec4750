import type { CommandSpec } from '@apkts/diagnostics/cli'

/** `melange-ts cache ls`. */
export const cacheLsCommand: CommandSpec = {
  name: 'cache ls',
  usage: '',
  summary: 'List what builds keep for later ones: environments on disk, builds that failed, logs.',
  details: `Packages and indexes that environments are made from are listed by "apko-ts cache ls".`,
  examples: ['melange-ts cache ls', 'melange-ts cache ls --json'],
  args: { min: 0, max: 0 },
  options: [{ name: 'json', type: 'bool', description: 'print JSON' }],
  load: () => import('./run-cache-ls.ts'),
}

/** `melange-ts cache prune`. */
export const cachePruneCommand: CommandSpec = {
  name: 'cache prune',
  usage: '',
  summary: 'Remove what builds keep, that first which was not used for longest; never what a build uses.',
  examples: ['melange-ts cache prune --max-size 2G', 'melange-ts cache prune --max-size 0 --dry-run'],
  args: { min: 0, max: 0 },
  options: [
    { name: 'max-size', type: 'string', description: 'what may stay, such as 500M or 2G', value: 'SIZE' },
    { name: 'dry-run', type: 'bool', description: 'only say what would be removed' },
  ],
  load: () => import('./run-cache-prune.ts'),
}
