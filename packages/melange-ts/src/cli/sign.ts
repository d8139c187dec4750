import type { CommandSpec } from '@apkts/diagnostics/cli'

export const signCommand: CommandSpec = {
  name: 'sign',
  usage: 'PACKAGE.apk...',
  summary: 'Sign packages in place.',
  details: `A signature that is already there is replaced. The rest of the package keeps its bytes, so signing twice with the same
key gives the same file. An encrypted key is opened with MELANGE_KEY_PASSPHRASE, or a passphrase asked for at the terminal.`,
  examples: ['melange-ts sign -k melange.rsa packages/x86_64/hello-1.0-r0.apk', 'melange-ts sign -k melange.rsa *.apk'],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    {
      name: 'signing-key',
      short: 'k',
      type: 'list',
      default: 'local-melange.rsa',
      description: 'private key; the signature is named after it; several sign side by side',
      value: 'FILES',
    },
  ],
  load: () => import('./run-sign.ts'),
}

export const signIndexCommand: CommandSpec = {
  name: 'sign-index',
  usage: 'APKINDEX.tar.gz',
  summary: 'Sign an index in place.',
  details: `An index that is signed by the same key stays as it is. One that is signed by somebody else is refused, unless --add puts
the new signature beside the old ones or --force drops those.`,
  examples: [
    'melange-ts sign-index --signing-key melange.rsa packages/x86_64/APKINDEX.tar.gz',
    'melange-ts sign-index --force --signing-key new.rsa APKINDEX.tar.gz',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    {
      name: 'signing-key',
      type: 'list',
      default: 'melange.rsa',
      description: 'private key; the signature is named after it; several sign side by side',
      value: 'FILES',
    },
    { name: 'force', short: 'f', type: 'bool', description: 'drop existing signatures and sign anew' },
    { name: 'add', type: 'bool', description: 'keep existing signatures beside the new one' },
  ],
  load: () => import('./run-sign-index.ts'),
}
