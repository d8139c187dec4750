import type { CommandSpec } from '@apkts/diagnostics/cli'

export const licenseCheckCommand: CommandSpec = {
  name: 'license-check',
  usage: 'RECIPE.yaml|PACKAGE.apk|DIRECTORY',
  summary: 'Compare the licences found in sources with what a recipe says.',
  details: `The sources of a recipe, or of the recipe that a package carries, are fetched, checked and patched on this machine; no script of the
recipe runs. A directory is looked at as it is. Prints each licence file with the licence whose text it has; differences are warned
of and change nothing about the exit status.`,
  examples: [
    'melange-ts license-check hello.yaml',
    'melange-ts license-check hello.yaml --fix --format simple',
    'melange-ts license-check ./src --scan-type deep',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    { name: 'fix', type: 'bool', description: 'rewrite package.copyright of the recipe when it differs' },
    {
      name: 'format',
      type: 'string',
      default: 'flat',
      description: 'with --fix: flat (an entry for each file) or simple (one expression)',
      value: 'FORMAT',
    },
    {
      name: 'scan-type',
      type: 'string',
      default: 'shallow',
      description: 'shallow (two levels of directories) or deep (all)',
      value: 'TYPE',
    },
    {
      name: 'workdir',
      type: 'string',
      description: 'directory for the sources (default: a temporary one)',
      value: 'DIR',
    },
  ],
  load: () => import('./run-license-check.ts'),
}
