import { type BadRecipe, recipe, step } from './row.ts'

/** Definitions beside the built-in ones. */
export const DEFINITIONS = {
  self: 'name: s\npipeline:\n  - uses: self\n',
  ping: 'name: p\npipeline:\n  - uses: pong\n',
  pong: 'name: p\npipeline:\n  - uses: ping\n',
  broken: 'name: [\n',
  typed: 'name: t\nruns: [a]\n',
  circular: 'name: c\ninputs:\n  x: {default: "${{inputs.y}}"}\n  y: {default: "${{inputs.x}}"}\nruns: echo\n',
}

const fetchWith = (inputs: string): string => step(`uses: fetch, with: {uri: "https://a.example/a.tgz", ${inputs}}`)

export const STEPS: readonly BadRecipe[] = [
  ...['nothing', 'fetch.yaml', 'go', 'Fetch', 'split/', ' fetch'].map(
    (uses): BadRecipe => [`uses: "${uses}"`, step(`uses: "${uses}"`), 'UNKNOWN_PIPELINE', 3, uses],
  ),
  ...['../fetch', '/etc/passwd', 'split/../../x', '..', 'a/..', '/', '../../../../etc/shadow'].map(
    (uses): BadRecipe => [`uses: "${uses}"`, step(`uses: "${uses}"`), 'BAD_PIPELINE', 3, uses],
  ),
  ['a null byte in uses', step('uses: "a\\0b"'), 'BAD_PIPELINE', 3, 'below the pipeline folders'],
  ['a very long name in uses', step(`uses: ${'x'.repeat(5000)}`), 'UNKNOWN_PIPELINE', 3, 'no pipeline'],
  [
    'an unknown pipeline in a subpackage',
    recipe('subpackages: [{name: s, pipeline: [{uses: nothing}]}]'),
    'UNKNOWN_PIPELINE',
    2,
    'nothing',
  ],
  ['an unknown pipeline in a test', recipe('test: {pipeline: [{uses: nothing}]}'), 'UNKNOWN_PIPELINE', 2, 'nothing'],
  ['a pipeline that uses itself', step('uses: self'), 'PIPELINE_CYCLE', 3, 'self → self'],
  ['two pipelines that use each other', step('uses: ping'), 'PIPELINE_CYCLE', 3, 'ping → pong → ping'],
  ['a definition that is not YAML', step('uses: broken'), 'BAD_PIPELINE', 2, 'broken'],
  ['a definition of the wrong type', step('uses: typed'), 'BAD_PIPELINE', 2, 'typed'],
  ['defaults that refer to each other', step('uses: circular'), 'VARIABLE_CYCLE', 3, 'refers to itself'],
  ['a missing input', step('uses: fetch'), 'MISSING_INPUT', 3, 'uri'],
  ['an empty required input', step('uses: fetch, with: {uri: ""}'), 'MISSING_INPUT', 3, 'uri'],
  ['no patch and no series', step('uses: git-checkout'), 'MISSING_INPUT', 3, 'repository'],
  ['an unknown input', fetchWith('url: x'), 'UNKNOWN_INPUT', 3, 'url'],
  ['an input named like an object member', fetchWith('toString: x'), 'UNKNOWN_INPUT', 3, 'toString'],
  ['a short checksum', fetchWith('expected-sha256: abc'), 'BAD_INPUT', 3, '64 hex'],
  ['a checksum of other letters', fetchWith(`expected-sha512: ${'z'.repeat(128)}`), 'BAD_INPUT', 3, '128 hex'],
  ['a short commit', step('uses: git-checkout, with: {repository: x, expected-commit: abc}'), 'BAD_INPUT', 3, '40 hex'],
  ['with without uses', step('runs: x, with: {a: b}'), 'STEP_KEYS', 3, 'without'],
  ['uses and runs', step('uses: strip, runs: x'), 'STEP_KEYS', 3, 'exclude'],
  ...['if true; then', 'echo "a', 'case x in', 'f() {', 'a | | b', 'echo $(', 'done', 'cat <<('].map(
    (script): BadRecipe => [
      `runs: ${script}`,
      step(`runs: ${JSON.stringify(script)}`),
      'SHELL_SYNTAX',
      3,
      'not valid bash',
    ],
  ),
]

const condition = (text: string, word: string, code = 'BAD_CONDITION'): BadRecipe => [
  `if: ${text.slice(0, 40)}`,
  step(`runs: x, if: ${JSON.stringify(text)}`),
  code,
  3,
  word,
]

export const CONDITIONS: readonly BadRecipe[] = [
  condition('true', 'unexpected character t'),
  condition("'a'", 'expected == or !='),
  condition("'a' =", 'expected == or !='),
  condition("'a' ==", 'end of the condition'),
  condition("'a' == 'b", 'unterminated text'),
  condition("'a' == 'b' &&", 'end of the condition'),
  condition("'a' == 'b' 'c'", 'unexpected text'),
  condition("('a' == 'b'", 'expected ")"'),
  condition("'a' == 'b')", 'unexpected text'),
  condition("! 'a' == 'b'", 'unexpected character !'),
  condition(`${'('.repeat(100_000)}`, 'nested parentheses'),
  condition("${{nope}} == 'a'", 'nope', 'UNKNOWN_VARIABLE'),
  condition("${{}} == 'a'", 'empty variable name', 'BAD_REFERENCE'),
]
