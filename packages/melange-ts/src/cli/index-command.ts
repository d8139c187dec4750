import type { CommandSpec } from '@apkts/diagnostics/cli'

export const indexCommand: CommandSpec = {
  name: 'index',
  usage: 'PACKAGE.apk...',
  summary: 'Write the index of a package repository.',
  details: `With --merge the records of --source stay; a package of the same name and version takes the place of its record. When the
result is signed, or keys are given, the source must be signed by one of these keys: nobody vouches for records of unknown origin.
Of packages only the beginning is read, and nothing of those that did not change since the last run. The index is replaced as a
whole: readers see the old one or the new one.`,
  examples: [
    'melange-ts index -o packages/x86_64/APKINDEX.tar.gz packages/x86_64/*.apk --signing-key melange.rsa',
    'melange-ts index -m -s APKINDEX.tar.gz -o APKINDEX.tar.gz new-1.0-r0.apk',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    {
      name: 'arch',
      short: 'a',
      type: 'string',
      description: 'index only packages of this architecture',
      value: 'ARCH',
    },
    { name: 'merge', short: 'm', type: 'bool', description: 'keep the records of the --source index' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      default: 'APKINDEX.tar.gz',
      description: 'index to write',
      value: 'FILE',
    },
    {
      name: 'signing-key',
      type: 'list',
      description: 'private key that signs the index; several sign side by side',
      value: 'FILES',
    },
    {
      name: 'keyring-append',
      short: 'k',
      type: 'list',
      description: 'public keys by one of which the source must be signed',
      value: 'KEYS',
    },
    { name: 'ignore-signatures', type: 'bool', description: 'take the source as it is' },
    {
      name: 'source',
      short: 's',
      type: 'string',
      description: 'index whose records are kept with --merge; default: the output',
      value: 'FILE',
    },
  ],
  load: () => import('./run-index.ts'),
}
