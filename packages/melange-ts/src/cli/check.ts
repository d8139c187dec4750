import type { CommandSpec } from '@apkts/diagnostics/cli'

export const checkCommand: CommandSpec = {
  name: 'check',
  usage: 'RECIPE.yaml|DIRECTORY...',
  summary: 'Say everything that is wrong with recipes.',
  details: `Every recipe is loaded and compiled for the given architectures, in parallel when there are many; of a directory, the YAML files
directly in it. Errors are what a build would refuse. Warnings are what hardly does what its author meant: variables and ranges that
nothing uses, variables where none are replaced, conditions that can only be false.`,
  examples: [
    'melange-ts check hello.yaml',
    'melange-ts check . --pipeline-dir ./pipelines --format github',
    'melange-ts check *.yaml --format sarif > recipes.sarif',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    { name: 'format', type: 'string', default: 'text', description: 'text, json, sarif or github', value: 'FORMAT' },
    { name: 'strict', type: 'bool', description: 'fail for warnings, too' },
    {
      name: 'arch',
      type: 'list',
      default: 'x86_64,aarch64',
      description: 'architectures to compile for',
      value: 'ARCHS',
    },
    { name: 'pipeline-dir', type: 'string', description: 'directory with pipelines, searched first', value: 'DIR' },
    { name: 'pipeline-dirs', type: 'list', description: 'further directories with pipelines', value: 'DIR' },
    {
      name: 'vars-file',
      type: 'string',
      description: 'YAML map of variables that win over the recipe’s',
      value: 'FILE',
    },
    { name: 'env-file', type: 'list', description: 'files with environment variables for the steps', value: 'FILE' },
    { name: 'build-option', type: 'list', description: 'options of the recipes to enable', value: 'NAME' },
  ],
  statuses: [
    [0, 'no errors'],
    [1, 'errors, or with --strict warnings'],
  ],
  load: () => import('./run-check.ts'),
}
