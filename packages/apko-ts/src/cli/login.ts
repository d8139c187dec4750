import type { CommandSpec } from '@apkts/diagnostics/cli'

export const loginCommand: CommandSpec = {
  name: 'login',
  usage: 'REGISTRY',
  summary: 'Remember credentials for a registry, where docker keeps them.',
  details: `A credential store configured there is used. --password shows the password in the process list:
prefer --password-stdin.`,
  examples: [
    'echo "$TOKEN" | apko-ts login registry.example --username me --password-stdin',
    'apko-ts login ghcr.io -u me -p "$GITHUB_TOKEN"',
  ],
  args: { min: 1, max: 1 },
  options: [
    { name: 'username', short: 'u', type: 'string', description: 'user name', value: 'NAME' },
    { name: 'password', short: 'p', type: 'string', description: 'password or token', value: 'TEXT' },
    { name: 'password-stdin', type: 'bool', description: 'read the password from standard input' },
  ],
  load: () => import('../commands/login.ts'),
}
