import { expect, test } from 'vitest'
import { compileRecipe, variablesFor } from '../../src/compile/compile.ts'
import { explainRecipe } from '../../src/explain/explain.ts'
import { explanationText } from '../../src/explain/text.ts'
import { parseRecipeFully } from '../../src/recipe/parse.ts'
import { pipelineFolder } from '../recipe/helpers.ts'

const RECIPE = `package:
  name: a
  version: "1.2"

environment:
  contents:
    packages: [one, "two-\${{vars.v}}"]
  environment:
    MINE: x

vars:
  v: w
  file: here
  opt: plain

var-transforms:
  - from: \${{package.version}}
    match: \\.
    replace: _
    to: mangled

options:
  o:
    vars: {opt: chosen}
    environment: {contents: {packages: {add: [added]}}}

pipeline:
  - uses: local
    with:
      given: "g\${{vars.v}}"
  - if: \${{build.arch}} == 'riscv64'
    uses: fetch
    with: {uri: u, expected-none: x}
`
const LOCAL = `needs: {packages: [needed]}
inputs:
  given: {}
  left:
    default: out
pipeline:
  - uses: strip
`

const folder = pipelineFolder({ local: LOCAL })

function explain(): Map<string, { value: string | undefined; from: string }> {
  const sources = {
    recipe: { file: 'r.yaml', text: RECIPE },
    varsFile: { file: 'vars.yaml', text: 'file: there\n' },
    envFiles: [{ file: 'e.env', text: 'FROM_FILE=1\n' }],
  }
  const buildOptions = ['o']
  const options = { arch: 'x86_64', buildOptions, pipelineDirs: [folder.path] }
  const parsed = parseRecipeFully(sources, { buildOptions })
  const compiled = compileRecipe(parsed.recipe, options)
  const variables = variablesFor(parsed.recipe, options)
  const sections = explainRecipe({ parsed, sources, compiled, variables, buildOptions })
  folder.remove()
  expect(explanationText(sections)).toContain('\npackages of the build environment\n  one ')
  const rows = sections.flatMap((section) => section.rows)
  return new Map(rows.map(({ name, value, from }) => [name, { value, from: from.replaceAll(folder.path, 'P') }]))
}

test('everything has a place or a rule', () => {
  const found = explain()
  expect(Object.fromEntries(found)).toMatchObject({
    'package.name': { value: 'a', from: 'r.yaml:2:9' },
    'package.epoch': { value: '0', from: 'default' },
    'build.arch': { value: 'x86_64', from: '--arch' },
    'vars.v': { value: 'w', from: 'r.yaml:12:6' },
    'vars.file': { value: 'there', from: 'vars file vars.yaml' },
    'vars.opt': { value: 'chosen', from: 'r.yaml:24:17 (option o)' },
    'vars.mangled': { value: '1_2', from: 'r.yaml:17:5 (transform of ${{package.version}} by \\.)' },
    'options.o.enabled': { value: 'true' },
    'targets.package.a': { value: '/home/build/melange-out/a', from: 'the output a, r.yaml:2:9' },
    one: { from: 'r.yaml:7:16' },
    added: { from: 'r.yaml:24:5 (option o)' },
    needed: { from: 'needed by local, r.yaml:28:5' },
    binutils: { from: 'needed by strip, P/local.yaml:7:5' },
    HOME: { value: '/home/build', from: 'default' },
    MINE: { value: 'x', from: 'r.yaml:9:11' },
    FROM_FILE: { value: '1', from: 'env file e.env' },
    local: { from: 'r.yaml:28:5, defined in P/local.yaml' },
    '  given': { value: 'gw', from: 'r.yaml:30:14' },
    '  left': { value: 'out', from: 'default, P/local.yaml:5:5' },
    '  strip': { from: 'P/local.yaml:7:5, defined in the built-in strip' },
    fetch: { from: 'r.yaml:31:5, defined in the built-in fetch, not run: its condition is false' },
  })
})
