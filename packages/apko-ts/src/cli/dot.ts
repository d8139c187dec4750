import type { CommandSpec } from '@apkts/diagnostics/cli'
import { APPEND_OPTIONS, ARCH_OPTION, CACHE_OPTION, JSON_OPTION, OFFLINE_OPTION } from './options.ts'

export const dotCommand: CommandSpec = {
  name: 'dot',
  usage: 'CONFIG',
  summary: 'Print the dependency graph of an image for Graphviz.',
  examples: [
    'apko-ts dot image.yaml --arch host',
    'apko-ts dot image.yaml --spanning-tree | dot -Tsvg > image.svg',
    'apko-ts dot image.yaml --web',
  ],
  args: { min: 1, max: 1 },
  options: [
    ARCH_OPTION,
    ...APPEND_OPTIONS,
    CACHE_OPTION,
    OFFLINE_OPTION,
    { name: 'spanning-tree', short: 'S', type: 'bool', description: 'only the first edge to each dependency' },
    {
      name: 'web',
      type: 'bool',
      description: 'show the graph in a browser, at the address that is printed, until interrupted',
    },
    { ...JSON_OPTION, description: 'print nodes and edges as JSON' },
  ],
  load: () => import('../commands/dot.ts'),
}
