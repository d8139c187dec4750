import type { CommandSpec } from '@apkts/diagnostics/cli'

export const inspectCommand: CommandSpec = {
  name: 'inspect',
  usage: 'FILE...',
  summary: 'Show what is in a package or an index.',
  details: `Sections, metadata, scripts, files, hashes and the names of signatures, of paths or URLs. What the signatures are worth is a
question for: melange-ts verify`,
  examples: ['melange-ts inspect hello-1.0-r0.apk', 'melange-ts inspect packages/x86_64/APKINDEX.tar.gz --json'],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [{ name: 'json', type: 'bool', description: 'print one JSON document per file' }],
  load: () => import('./run-inspect.ts'),
}
