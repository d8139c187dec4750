import type { CommandSpec, OptionSpec } from '@apkts/diagnostics/cli'

const OPTIONS: readonly OptionSpec[] = [
  {
    name: 'output',
    short: 'o',
    type: 'string',
    default: './source',
    description: 'directory below which the source tree gets the package’s name',
    value: 'DIR',
  },
  {
    name: 'source-dir',
    type: 'string',
    description: 'directory of the patches (default: that with the package’s name beside the recipe)',
    value: 'DIR',
  },
]

export const sourceGetCommand: CommandSpec = {
  name: 'source get',
  usage: 'RECIPE.yaml',
  summary: 'Clone the sources of a recipe, with its patches as commits.',
  details: `The repository of the first git-checkout step is cloned with all its history, the expected commit checked out, and the patches of
the first patch or git-am step behind it are committed, one commit each. Work there, commit, then "source pop" makes patches of it. A
directory that is there already is left alone.`,
  examples: [
    'melange-ts source get hello.yaml',
    'melange-ts source get hello.yaml -o ~/src --source-dir ./patches/hello',
  ],
  args: { min: 1, max: 1 },
  options: OPTIONS,
  load: () => import('./run-source-get.ts'),
}

export const sourcePopCommand: CommandSpec = {
  name: 'source pop',
  usage: 'RECIPE.yaml',
  summary: 'Make patches of the commits in a source tree, and the recipe apply them.',
  details: `Every commit after the expected one becomes a file in the directory of the patches. In the recipe one git-am step with all of them
replaces the patch steps, or follows the git-checkout step; nothing else in it is touched.`,
  examples: [
    'melange-ts source pop hello.yaml',
    'melange-ts source pop hello.yaml -o ~/src --source-dir ./patches/hello',
  ],
  args: { min: 1, max: 1 },
  options: OPTIONS,
  load: () => import('./run-source-pop.ts'),
}
