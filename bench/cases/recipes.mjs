import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Reading recipes: one as a process, and all of the recorded ones. */
export function recipeCases({ root, data, node }) {
  const corpus = resolve(data, 'wolfi-corpus')
  const present = existsSync(corpus)
  const greeter = join(root, 'examples/greeter/greeter.yaml')
  const pipelines = ['--pipeline-dir', join(corpus, 'pipelines')]
  const always = (name, what, goal, args, more = {}) => ({
    name,
    what,
    goal,
    program: 'melange',
    available: true,
    ours: () => node('melange-ts', args),
    ...more,
  })
  const compile = ['compile', greeter, '--arch', 'x86_64', '--git-commit', '0'.repeat(40)]
  const needsData = { available: present, unavailable: 'conformance data not present' }
  return [
    always('recipe-compile', 'melange-ts compile greeter.yaml, as a process', '≤ 250 ms', compile, {
      peer: (path) => ({ command: path, args: compile }),
    }),
    always(
      'recipe-check-1200',
      'melange-ts check of 1,200 recipes for two architectures',
      '≤ 15 s',
      ['check', join(corpus, 'recipes'), ...pipelines],
      needsData,
    ),
    always(
      'recipe-fmt-1200',
      'melange-ts fmt --diff of 1,200 recipes',
      undefined,
      ['fmt', '--diff', join(corpus, 'recipes')],
      needsData,
    ),
    {
      name: 'recipe-corpus',
      what: 'conformance wolfi-corpus: 1,256 compilations compared',
      goal: '≤ 25 s',
      program: 'melange',
      ...needsData,
      ours: () => ({
        command: process.execPath,
        args: [join(root, 'conformance/dist/run.js'), '--data', data, 'wolfi-corpus'],
      }),
    },
  ]
}
