import type { CommandSpec } from '@apkts/diagnostics/cli'

export const fmtCommand: CommandSpec = {
  name: 'fmt',
  usage: 'RECIPE.yaml|DIRECTORY|-...',
  summary: 'Format recipes and pipeline definitions in place.',
  details: `One layout: two columns a level, lists indented below their key, one blank between the parts of a line, a blank line between
top-level sections and at most one elsewhere. Comments, the order of keys, quotes and scripts stay, and what the file means never
changes. Names of changed files are printed. Of a directory, the YAML files directly in it; "-" formats standard input to standard
output.`,
  examples: ['melange-ts fmt hello.yaml', 'melange-ts fmt --check --diff *.yaml', 'melange-ts fmt - < hello.yaml'],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    { name: 'check', type: 'bool', description: 'write nothing; fail when a file is not formatted' },
    { name: 'diff', type: 'bool', description: 'write nothing; print what would change' },
  ],
  statuses: [
    [0, 'fine'],
    [1, 'a file that is no YAML, or with --check one that is not formatted'],
  ],
  load: () => import('./run-fmt.ts'),
}
