import type { CommandSpec } from '@apkts/diagnostics/cli'
import { CACHE_OPTION } from './options.ts'

export const cacheLsCommand: CommandSpec = {
  name: 'cache ls',
  usage: '',
  summary: 'List what the package cache holds: packages, indexes, keys and layers.',
  examples: ['apko-ts cache ls', 'apko-ts cache ls --cache-dir ./cache --json'],
  args: { min: 0, max: 0 },
  options: [CACHE_OPTION, { name: 'json', type: 'bool', description: 'print JSON' }],
  load: () => import('../commands/cache-ls.ts'),
}

export const cacheVerifyCommand: CommandSpec = {
  name: 'cache verify',
  usage: '',
  summary: 'Read everything in the package cache again and report what is damaged.',
  details: `Builds check what they use, too, and fetch again what is damaged; this finds all of it at once.`,
  examples: ['apko-ts cache verify', 'apko-ts cache verify --remove'],
  args: { min: 0, max: 0 },
  options: [CACHE_OPTION, { name: 'remove', type: 'bool', description: 'remove what is damaged' }],
  statuses: [
    [0, 'everything is intact, or was removed'],
    [1, 'something is damaged and stays'],
  ],
  load: () => import('../commands/cache-verify.ts'),
}

export const cachePruneCommand: CommandSpec = {
  name: 'cache prune',
  usage: '',
  summary: 'Make the package cache smaller by removing what was not used for longest.',
  examples: ['apko-ts cache prune --max-size 2G', 'apko-ts cache prune --max-size 500M --dry-run'],
  args: { min: 0, max: 0 },
  options: [
    CACHE_OPTION,
    { name: 'max-size', type: 'string', description: 'what may stay, such as 500M or 2G', value: 'SIZE' },
    { name: 'dry-run', type: 'bool', description: 'only say what would be removed' },
  ],
  load: () => import('../commands/cache-prune.ts'),
}
