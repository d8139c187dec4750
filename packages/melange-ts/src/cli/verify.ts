import type { CommandSpec } from '@apkts/diagnostics/cli'

export const verifyCommand: CommandSpec = {
  name: 'verify',
  usage: 'FILE|INDEX|REPOSITORY|IMAGE...',
  summary: 'Check packages, indexes, repositories and images, down to each file.',
  details: `Follows the whole chain: the index's signature, the control section named by the index, the data section named by the
control section, the checksum of each file. Says which key vouches for what, and where something is wrong. Of an image the digests
of its documents and layers are compared, and its files with the installed database.`,
  examples: [
    'melange-ts verify hello-1.0-r0.apk --keyring-append melange.rsa.pub',
    'melange-ts verify ./packages --keyring-append melange.rsa.pub --json',
    'melange-ts verify image.tar',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    {
      name: 'keyring-append',
      short: 'k',
      type: 'list',
      description: 'public keys to trust: files, directories, URLs',
      value: 'KEYS',
    },
    {
      name: 'key-expiry',
      type: 'list',
      description: 'days from which keys do not count any more: mine.rsa.pub=2027-12-31',
      value: 'KEY=DATE',
    },
    { name: 'arch', type: 'list', description: 'check only these architectures of repositories', value: 'ARCHS' },
    { name: 'json', type: 'bool', description: 'print one JSON document' },
  ],
  statuses: [
    [0, 'all is well'],
    [1, 'something could not be checked'],
    [3, 'refused: something is wrong, or not signed by a key given with --keyring-append'],
  ],
  load: () => import('./run-verify.ts'),
}
