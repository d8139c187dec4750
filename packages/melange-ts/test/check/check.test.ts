import { afterAll, describe, expect, test } from 'vitest'
import { checkSources } from '../../src/check/check.ts'
import { createPipelineLibrary } from '../../src/index.ts'
import { DEFINITIONS, THEMES } from '../recipe/bad-recipes/index.ts'
import { P, pipelineFolder } from '../recipe/helpers.ts'

const folder = pipelineFolder({ ...DEFINITIONS, reader: 'pipeline: [{runs: "echo ${{vars.read-by-definition}}"}]' })
afterAll(folder.remove)
const library = createPipelineLibrary([folder.path])

function check(text: string, archs = ['x86_64', 'aarch64']) {
  return checkSources({ recipe: { file: 'a.yaml', text } }, { archs, library })
}

/** `LEVEL CODE LINE:COLUMN`, one a finding. */
function found(text: string, archs?: string[]): string[] {
  return check(text, archs).map(({ level, code, at }) => `${level} ${code} ${at.line}:${at.column}`)
}

describe('every bad recipe is an error', () => {
  const rows = Object.values(THEMES)
    .flat()
    .filter(([, text]) => text.length < 1_000_000)
  test.each(rows)('%s', (_title, text, code) => {
    const errors = check(text, ['x86_64']).filter(({ level }) => level === 'error')
    if (code === 'SKIPPED_ARCH') expect(errors).toEqual([])
    else expect(errors.map((error) => error.code)).toContain(code)
  })
})

test.each<[string, string, string[]]>([
  ['nothing', `${P}pipeline: [{runs: "true"}]\n`, []],
  [
    'an unused var',
    `${P}vars:\n  x: 1\n  y: "\${{vars.z}}"\n  z: 2\n`,
    ['warning UNUSED_VAR 3:6', 'warning UNUSED_VAR 4:6'],
  ],
  [
    'a var whose name begins another',
    `${P}vars: {x: 1, x-y: 2}\npipeline: [{runs: "\${{vars.x-y}}"}]\n`,
    ['warning UNUSED_VAR 2:11'],
  ],
  ['a var that only a definition reads', `${P}vars: {read-by-definition: 1}\npipeline: [{uses: reader}]\n`, []],
  ['a var of an option', `${P}vars: {x: 1}\noptions: {o: {vars: {x: 2}}}\n`, []],
  [
    'a transform that nothing uses',
    `${P}var-transforms:\n  - {from: a, match: a, replace: b, to: x}\n`,
    ['warning UNUSED_VAR 3:5'],
  ],
  ['an unused range', `${P}data:\n  - name: r\n    items: {a: b}\n`, ['warning UNUSED_RANGE 3:5']],
  [
    'two ranges of one name',
    `${P}data: [{name: r, items: {a: b}}, {name: r, items: {c: d}}]\nsubpackages: [{range: r, name: "\${{range.key}}"}]\n`,
    ['warning DUPLICATE_RANGE 2:8'],
  ],
  [
    'an OCI architecture',
    'package: {name: a, version: 1, target-architecture: [amd64]}',
    ['warning ARCHITECTURE 1:54'],
  ],
  [
    'all beside others',
    'package: {name: a, version: 1, target-architecture: [all, x86_64]}',
    ['warning ARCHITECTURE 1:54'],
  ],
  [
    'a variable in a description',
    `package: {name: a, version: 1, description: "\${{build.arch}}"}`,
    ['warning LITERAL_VARIABLE 1:45'],
  ],
  [
    'blanks where none may be',
    `package: {name: a, version: 1, url: "\${{ package.name }}"}`,
    ['warning LITERAL_VARIABLE 1:37'],
  ],
  [
    'a compile-time variable in the environment',
    `${P}environment: {environment: {A: "\${{targets.destdir}}"}}`,
    ['warning LITERAL_VARIABLE 2:32'],
  ],
  [
    'quotes around a compile-time variable',
    `${P}pipeline:\n  - if: "'\${{build.arch}}' == 'x86_64'"\n    runs: x\n`,
    ['warning QUOTED_TWICE 3:5'],
  ],
  [
    'a step with uses and pipeline',
    `${P}pipeline: [{uses: strip, pipeline: [{runs: x}]}]\n`,
    ['warning STEP_KEYS 2:12'],
  ],
  ['a version that cannot be built', 'package: {name: a, version: 1.x}', ['error PACKAGE_VERSION 1:29']],
  [
    'mistakes of all stages together',
    `package: {name: "a b", version: 1, dependencies: {runtime: ["\${{nope}}"], provider-priority: x}}
subpackages: [{range: gone, name: s}, {name: t, dependencies: {provides: [ok, "\${{nix}}"]}}]
pipeline:
  - uses: nonsuch
  - runs: "if"
  - runs: echo \${{vars.none}}
`,
    [
      'error PACKAGE_NAME 1:17',
      'error UNKNOWN_VARIABLE 1:61',
      'error BAD_PRIORITY 1:94',
      'error UNKNOWN_RANGE 2:23',
      'error UNKNOWN_VARIABLE 2:79',
      'error UNKNOWN_PIPELINE 4:5',
      'error SHELL_SYNTAX 5:11',
      'error UNKNOWN_VARIABLE 6:11',
    ],
  ],
])('%s', (_what, text, findings) => {
  expect(found(text)).toEqual(findings)
})

test('a problem of one architecture is found, one of both is told once', () => {
  const text = `${P}pipeline:\n  - {if: "\${{build.arch}} == 'x86_64'", runs: "\${{vars.x}}"}\n`
  expect(found(text)).toEqual(['error UNKNOWN_VARIABLE 3:47'])
})

test('a recipe for another architecture is compiled for its own', () => {
  const text = 'package: {name: a, version: 1, target-architecture: [riscv64]}\npipeline: [{uses: nonsuch}]\n'
  expect(found(text)).toEqual(['error UNKNOWN_PIPELINE 2:12'])
})
