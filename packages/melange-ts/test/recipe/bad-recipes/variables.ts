import { type BadRecipe, recipe, step } from './row.ts'

const transform = (title: string, members: string, code: string, word: string): BadRecipe => [
  title,
  recipe(`var-transforms:\n  - {${members}}\n`),
  code,
  3,
  word,
]

export const VARIABLES: readonly BadRecipe[] = [
  ['an unknown variable', step('runs: "echo ${{vars.x}}"'), 'UNKNOWN_VARIABLE', 3, 'vars.x'],
  ['an unknown option', step('runs: "echo ${{options.o.enabled}}"'), 'UNKNOWN_VARIABLE', 3, 'options.o.enabled'],
  ['a variable of another package', step('runs: "${{targets.package.b}}"'), 'UNKNOWN_VARIABLE', 3, 'targets.package.b'],
  ['a subpackage variable in the package', step('runs: "${{targets.subpkgdir}}"'), 'UNKNOWN_VARIABLE', 3, 'subpkgdir'],
  ['a name of an object member', step('runs: "${{constructor}}"'), 'UNKNOWN_VARIABLE', 3, 'constructor'],
  [
    'the line within a script',
    `${recipe('pipeline:\n  - runs: |\n      a\n      ${{x}}\n')}`,
    'UNKNOWN_VARIABLE',
    5,
    '"x"',
  ],
  ['an empty name', step('runs: "echo ${{}}"'), 'BAD_REFERENCE', 3, 'empty'],
  ['an open reference', step('runs: "echo ${{package.name"'), 'BAD_REFERENCE', 3, 'unterminated'],
  ['a name with a space', step('runs: "echo ${{a b}}"'), 'BAD_REFERENCE', 3, 'unterminated'],
  [
    'in a working directory',
    step('runs: x, working-directory: "${{nope}}"'),
    'UNKNOWN_VARIABLE',
    3,
    'working-directory',
  ],
  ['in needs', step('runs: x, needs: {packages: ["${{nope}}"]}'), 'UNKNOWN_VARIABLE', 3, 'needs'],
  ['in an input', step('uses: fetch, with: {uri: "${{nope}}"}'), 'UNKNOWN_VARIABLE', 3, 'uri'],
  ['an input that refers to itself', step('uses: fetch, with: {uri: "${{inputs.uri}}"}'), 'VARIABLE_CYCLE', 3, 'uri'],
  [
    'in the packages of the environment',
    recipe('environment: {contents: {packages: ["${{nope}}"]}}'),
    'UNKNOWN_VARIABLE',
    undefined,
    'nope',
  ],
  ['a var that refers to itself', recipe('vars: {x: "${{vars.x}}"}'), 'VARIABLE_CYCLE', 2, '"x"'],
  [
    'vars that refer to each other',
    recipe('vars: {x: "${{vars.y}}", y: "${{vars.x}}"}'),
    'VARIABLE_CYCLE',
    2,
    'itself',
  ],
  ['a var of an unknown var', recipe('vars: {x: "${{vars.z}}"}'), 'UNKNOWN_VARIABLE', 2, 'vars.z'],
  ['an unknown range', recipe('subpackages: [{name: s, range: r}]'), 'UNKNOWN_RANGE', 2, '"r"'],
  [
    'a range by an object member',
    recipe('subpackages: [{name: s, range: constructor}]'),
    'UNKNOWN_RANGE',
    2,
    'constructor',
  ],
  transform(
    'a transform of an unknown variable',
    'from: "${{x}}", match: a, replace: b, to: c',
    'UNKNOWN_VARIABLE',
    '"x"',
  ),
  ...['(', '[a', 'a**', '(?=a)', '(?<!a)b', '\\1', 'a{2,1}', '(?P<n', 'x{1001}', '*'].map((pattern) =>
    transform(
      `pattern ${pattern}`,
      `from: a, match: ${JSON.stringify(pattern)}, replace: b, to: c`,
      'BAD_TRANSFORM',
      'not a valid pattern',
    ),
  ),
]
