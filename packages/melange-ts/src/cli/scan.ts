import type { CommandSpec } from '@apkts/diagnostics/cli'

export const scanCommand: CommandSpec = {
  name: 'scan',
  usage: 'RECIPE.yaml',
  summary: 'Make the metadata of existing packages anew.',
  details: `Reads the packages that a recipe has built, analyses their files again and prints the .PKGINFO they would get now. With
--diff it prints what would change.`,
  examples: ['melange-ts scan hello.yaml', 'melange-ts scan hello.yaml --diff -r https://packages.example.com/os'],
  args: { min: 1, max: 1 },
  options: [
    { name: 'arch', type: 'list', default: 'x86_64', description: 'architectures', value: 'ARCH' },
    {
      name: 'repository-append',
      short: 'r',
      type: 'string',
      default: './packages',
      description: 'directory or URL that holds ARCH/NAME-VERSION.apk',
      value: 'REPO',
    },
    { name: 'package', short: 'p', type: 'string', description: 'only this package', value: 'NAME' },
    { name: 'diff', type: 'bool', description: 'print differences; exit with 1 when there are any' },
    { name: 'comments', type: 'bool', description: 'keep lines that start with # in the comparison' },
    { name: 'namespace', type: 'string', default: 'unknown', description: 'maintainer of the packages' },
    {
      name: 'keyring-append',
      short: 'k',
      type: 'string',
      default: 'local-melange.rsa.pub',
      description: 'no effect',
      hidden: true,
    },
  ],
  statuses: [
    [0, 'printed; with --diff nothing would change'],
    [1, 'something would change, or could not be read'],
  ],
  load: () => import('./run-scan.ts'),
}
