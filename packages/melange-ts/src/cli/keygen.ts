import type { CommandSpec } from '@apkts/diagnostics/cli'

export const keygenCommand: CommandSpec = {
  name: 'keygen',
  usage: '[KEY.rsa]',
  summary: 'Make a key pair for signing packages and indexes.',
  details: `Writes the private key (for you alone to read) and the public key beside it, with .pub appended. Keys that are already
there stay.`,
  examples: ['melange-ts keygen', 'melange-ts keygen example.rsa --key-size 2048'],
  args: { min: 0, max: 1 },
  options: [
    {
      name: 'key-size',
      type: 'int',
      default: '4096',
      description: 'bits of the RSA modulus, at least 2048',
      value: 'BITS',
    },
    { name: 'force', type: 'bool', description: 'replace keys that are already there' },
  ],
  load: () => import('./run-keygen.ts'),
}
