import type { CommandSpec } from '@apkts/diagnostics/cli'
import { STEP_OPTIONS } from './step-options.ts'

export const testCommand: CommandSpec = {
  name: 'test',
  usage: 'RECIPE.yaml [PACKAGE[=VERSION]]',
  summary: 'Run the tests of a recipe.',
  details: `Every package is tested in an environment of its own, with the package installed from the given repositories.`,
  examples: [
    'melange-ts test hello.yaml --arch host -r ./packages -k melange.rsa.pub',
    'melange-ts test hello.yaml hello=1.0-r0 --arch host -r ./packages -k melange.rsa.pub',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    ...STEP_OPTIONS,
    { name: 'source-dir', type: 'string', description: 'directory copied into the workspace', value: 'DIR' },
    { name: 'cache-dir', type: 'string', description: 'directory that steps find at /var/cache/melange', value: 'DIR' },
    {
      name: 'test-package-append',
      type: 'list',
      description: 'further packages for every test environment',
      value: 'PACKAGE',
    },
    { name: 'test-option', type: 'list', description: 'no effect', hidden: true },
  ],
  load: () => import('./run-test.ts'),
}
