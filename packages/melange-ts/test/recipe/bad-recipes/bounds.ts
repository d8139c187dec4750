import { type BadRecipe, recipe, step } from './row.ts'

const TEN_MB = 10 * 1024 * 1024

function aliasBomb(): string {
  const levels = Array.from({ length: 9 }, (_, at) => {
    const item = at === 0 ? 'x' : `*l${at - 1}`
    return `  l${at}: &l${at} [${Array.from({ length: 10 }, () => item).join(', ')}]\n`
  })
  return `package: {name: a, version: "1"}\nenvironment:\n${levels.join('')}`
}

function stepBomb(): string {
  const levels = Array.from({ length: 9 }, (_, at) => {
    const items = Array.from({ length: 10 }, () => (at === 0 ? '{runs: x}' : `*l${at - 1}`)).join(', ')
    return `  - &l${at} {pipeline: [${items}]}\n`
  })
  return recipe(`pipeline:\n${levels.join('')}`)
}

/** Small texts that ask for much work, and large ones. */
export const BOUNDS: readonly BadRecipe[] = [
  ['steps that multiply by aliases', stepBomb(), 'YAML_ALIAS_BOMB', undefined, 'aliases'],
  ['lists that multiply under unknown keys', aliasBomb(), 'UNKNOWN_KEY', 3, 'l0'],
  ['deep lists', `${'['.repeat(300)}${']'.repeat(300)}`, 'YAML_TOO_DEEP', undefined, 'nested'],
  ['lists deep enough to exhaust the stack', '['.repeat(50_000) + ']'.repeat(50_000), 'YAML_SYNTAX', undefined, 'YAML'],
  ['deep mappings', '{a: '.repeat(20_000) + '}'.repeat(20_000), 'YAML_SYNTAX', undefined, 'YAML'],
  [
    'steps within steps',
    step(`${'pipeline: [{'.repeat(150)}runs: x${'}]'.repeat(150)}`),
    'YAML_TOO_DEEP',
    undefined,
    'nested',
  ],
  [
    'a name of 10 MB',
    `package: {name: "${' '.repeat(10)}${'x'.repeat(TEN_MB)}", version: "1"}`,
    'PACKAGE_NAME',
    1,
    'name of letters',
  ],
  ['an epoch of 10 MB', `package: {name: a, version: "1", epoch: ${'9'.repeat(TEN_MB)}}`, 'WRONG_TYPE', 1, 'epoch'],
  [
    'a priority of 10 MB',
    `package: {name: a, version: "1", dependencies: {provider-priority: "${'9'.repeat(TEN_MB)}"}}`,
    'BAD_PRIORITY',
    1,
    'provider-priority',
  ],
  ['a key of 10 MB', recipe(`? ${'k'.repeat(TEN_MB)}\n: x\n`), 'UNKNOWN_KEY', 2, 'unknown'],
  [
    'a pattern with nested repetition',
    recipe('var-transforms:\n  - {from: a, match: "((a{100}){100}){100}", replace: b, to: c}\n'),
    'BAD_TRANSFORM',
    3,
    'pattern',
  ],
  [
    'a chain of 5,000 vars with a cycle',
    recipe(
      `vars:\n${Array.from({ length: 5000 }, (_, at) => `  v${at}: "\${{vars.v${(at + 1) % 5000}}}"\n`).join('')}`,
    ),
    'VARIABLE_CYCLE',
    3,
    'itself',
  ],
]
