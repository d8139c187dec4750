import type { CommandSpec } from '@apkts/diagnostics/cli'
import { STEP_OPTIONS } from './step-options.ts'

/** What packages record themselves. */
const RECORDED = STEP_OPTIONS.filter(({ name }) => name !== 'arch').map((option) =>
  option.name === 'env-file' ? { ...option, hidden: true } : option,
)

export const rebuildCommand: CommandSpec = {
  name: 'rebuild',
  usage: 'PACKAGE.apk...',
  summary: 'Build packages again from the record inside them, and compare.',
  details: `A package holds its compiled recipe, the exact packages of its environment, its commit, dates and names. It is built from those
again, without linters and index, and compared with what was given: control and data sections must be equal byte for byte, signatures
do not count. Repositories and keys are used as recorded, relative ones from the working directory; --repository-append and
--keyring-append add to them, for packages that have moved.`,
  examples: [
    'melange-ts rebuild packages/x86_64/hello-1.0-r0.apk',
    'melange-ts rebuild hello-1.0-r0.apk --source-dir ./hello --cache-dir ./sources --diff=false',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    ...RECORDED,
    {
      name: 'out-dir',
      type: 'string',
      default: './rebuilt-packages/',
      description: 'directory for the packages built again',
      value: 'DIR',
    },
    { name: 'signing-key', type: 'string', description: 'private key that signs them', value: 'FILE' },
    { name: 'source-dir', type: 'string', description: 'directory copied into the workspace (patches)', value: 'DIR' },
    {
      name: 'cache-dir',
      type: 'string',
      default: './melange-cache/',
      description: 'directory that steps find at /var/cache/melange',
      value: 'DIR',
    },
    { name: 'diff', type: 'bool', default: 'true', description: 'compare, and fail on a difference' },
    {
      name: 'like-melange',
      type: 'bool',
      description: 'make the packages that melange makes; on for packages that name it as their tool',
    },
  ],
  statuses: [
    [0, 'all are equal'],
    [1, 'something could not be built, or differs'],
  ],
  load: () => import('./run-rebuild.ts'),
}
