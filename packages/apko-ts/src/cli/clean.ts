import type { CommandSpec } from '@apkts/diagnostics/cli'
import { CACHE_OPTION } from './options.ts'

export const cleanCommand: CommandSpec = {
  name: 'clean',
  usage: '',
  summary: 'Remove the package cache.',
  examples: ['apko-ts clean --dry-run', 'apko-ts clean --cache-dir ./cache'],
  args: { min: 0, max: Number.POSITIVE_INFINITY },
  options: [CACHE_OPTION, { name: 'dry-run', type: 'bool', description: 'only say what would be removed' }],
  load: () => import('../commands/clean.ts'),
}
