import type { CommandSpec, OptionSpec } from '@apkts/diagnostics/cli'
import { DEFAULT_REQUIRED, DEFAULT_WARNING } from '../lint/defaults.ts'

/** Which linters run, and where their findings are stored. */
export const LINT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'lint-require',
    type: 'list',
    default: DEFAULT_REQUIRED.join(','),
    description: 'linters that must pass',
    value: 'LINTERS',
  },
  {
    name: 'lint-warn',
    type: 'list',
    default: DEFAULT_WARNING.join(','),
    description: 'linters that only warn',
    value: 'LINTERS',
  },
  { name: 'persist-lint-results', type: 'bool', description: 'write findings as JSON into the output directory' },
  { name: 'fail-on-lint-warning', type: 'bool', description: 'no effect', hidden: true },
]

export const lintCommand: CommandSpec = {
  name: 'lint',
  usage: 'PACKAGE.apk...',
  summary: 'Look for mistakes in packages: files or URLs.',
  examples: [
    'melange-ts lint packages/x86_64/hello-1.0-r0.apk',
    'melange-ts lint --lint-require usrmerge,worldwrite packages/x86_64/*.apk',
    'melange-ts lint --format sarif packages/x86_64/*.apk > lint.sarif',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    ...LINT_OPTIONS,
    {
      name: 'format',
      type: 'string',
      default: 'text',
      description: 'text (on standard error), json or sarif (on standard output)',
      value: 'FORMAT',
    },
    {
      name: 'out-dir',
      type: 'string',
      default: 'packages',
      description: 'directory for stored findings',
      value: 'DIR',
    },
  ],
  load: () => import('./run-lint.ts'),
}
