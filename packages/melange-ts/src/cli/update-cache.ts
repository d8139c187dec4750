import type { CommandSpec } from '@apkts/diagnostics/cli'

export const updateCacheCommand: CommandSpec = {
  name: 'update-cache',
  usage: 'RECIPE.yaml',
  summary: 'Download the sources of a recipe into a source cache.',
  details: `Every archive that a fetch step of the recipe names is downloaded, compared with its expected checksums and stored under
them, whether or not the condition of the step holds. Builds that get the directory as --cache-dir then need no network for their sources.`,
  examples: [
    'melange-ts update-cache hello.yaml --cache-dir ./melange-cache',
    'melange-ts build hello.yaml --cache-dir ./melange-cache',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    {
      name: 'cache-dir',
      type: 'string',
      default: '/var/cache/melange',
      description: 'directory for the sources',
      value: 'DIR',
    },
    {
      name: 'arch',
      type: 'string',
      default: 'host',
      description: 'architecture in the variables of URLs',
      value: 'ARCH',
    },
    {
      name: 'pipeline-dirs',
      type: 'list',
      description: 'directories with pipelines, searched before the built-in ones',
      value: 'DIR',
    },
  ],
  load: () => import('./run-update-cache.ts'),
}
