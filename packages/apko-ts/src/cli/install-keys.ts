import type { CommandSpec } from '@apkts/diagnostics/cli'

export const installKeysCommand: CommandSpec = {
  name: 'install-keys',
  usage: '',
  summary: 'Trust the keys that the repositories of this machine announce.',
  details: 'Reads /etc/apk/repositories and writes the keys of each repository to /etc/apk/keys.',
  examples: ['apko-ts install-keys', 'apko-ts install-keys --root /mnt'],
  args: { min: 0, max: 0 },
  options: [{ name: 'root', type: 'string', default: '/', description: 'where the system to change is', value: 'DIR' }],
  load: () => import('../commands/install-keys.ts'),
}
