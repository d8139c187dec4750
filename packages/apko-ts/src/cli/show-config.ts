import type { CommandSpec } from '@apkts/diagnostics/cli'
import { APPEND_OPTIONS, CACHE_OPTION, JSON_OPTION, OFFLINE_OPTION } from './options.ts'

export const showConfigCommand: CommandSpec = {
  name: 'show-config',
  usage: 'CONFIG',
  summary: 'Print a configuration with everything it includes, checked and completed.',
  examples: [
    'apko-ts show-config image.yaml',
    'apko-ts show-config image.yaml --keyring-append local.rsa.pub',
    'apko-ts show-config image.yaml --json',
  ],
  args: { min: 1, max: 1 },
  options: [...APPEND_OPTIONS, CACHE_OPTION, OFFLINE_OPTION, JSON_OPTION],
  load: () => import('../commands/show-config.ts'),
}
