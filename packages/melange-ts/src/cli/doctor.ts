import type { CommandSpec } from '@apkts/diagnostics/cli'

export const doctorCommand: CommandSpec = {
  name: 'doctor',
  usage: '',
  summary: 'Tell what works on this machine, and how to get the rest.',
  details: `Looks at the runners, the kernel, the architectures that can be built for, the room for workspaces and the programs of the
host that builds use. Changes nothing.`,
  examples: ['melange-ts doctor', 'melange-ts doctor --json | jq \'.findings[] | select(.state != "works")\''],
  args: { min: 0, max: 0 },
  options: [{ name: 'json', type: 'bool', description: 'print one JSON document' }],
  statuses: [
    [0, 'recipes can be built here'],
    [1, 'no runner works'],
  ],
  load: () => import('./run-doctor.ts'),
}
