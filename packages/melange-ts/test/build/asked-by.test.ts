import { SolverError } from '@apkts/solver'
import { describe, expect, test } from 'vitest'
import { withAskingSteps, withTestedPackage } from '../../src/build/asked-by.ts'
import { compileRecipe } from '../../src/compile/compile.ts'
import { parseRecipe } from '../../src/recipe/parse.ts'

const TEXT = `package: {name: tool, version: "1", epoch: 0, copyright: [{license: MIT}]}
pipeline:
  - pipeline:
      - uses: strip
  - uses: strip
    if: \${{build.arch}} == "s390x"
subpackages:
  - name: tool-dbg
    pipeline:
      - name: symbols apart
        uses: split/debug
`
const recipe = compileRecipe(parseRecipe({ recipe: { file: 'tool.yaml', text: TEXT } }), { arch: 'x86_64' })
const steps = [...recipe.pipeline, ...recipe.subpackages.flatMap(({ pipeline }) => pipeline)]

const missing = (...names: string[]) =>
  new SolverError('UNKNOWN_NAME', 'nothing provides it', {
    chain: names.map((constraint) => ({ constraint })),
    notes: ['as before'],
    hint: 'near',
  })

const NAMED = 'named in contents.packages of the environment, or by --package-append'

describe('an environment that cannot be resolved', () => {
  test('names the steps that need what is missing, where they stand', () => {
    expect(withAskingSteps(missing('scanelf'), steps)).toMatchObject({
      code: 'UNKNOWN_NAME',
      hint: 'near',
      notes: [
        'needed by the step "strip" (tool.yaml:4:9)',
        'needed by the step "symbols apart" (tool.yaml:10:9)',
        'as before',
      ],
    })
  })

  test.each([
    ['what no step needs', missing('unheard-of'), [NAMED, 'as before']],
    ['a dependency of a package', missing('scanelf', 'lib'), ['as before']],
  ])('says no more of %s', (_, error, notes) => {
    expect(withAskingSteps(error, steps)).toMatchObject({ notes })
  })

  test('passes on other errors', () => {
    const error = new Error('x')
    expect(withAskingSteps(error, steps)).toBe(error)
    expect(withTestedPackage(error, steps, recipe)).toBe(error)
  })

  test.each([
    ['tool', /install tool from a repository: --repository-append/],
    ['tool-dbg', /install tool-dbg/],
    ['bash', /^near$/],
  ])('of a test: %s', (name, hint) => {
    expect(withTestedPackage(missing(name), steps, recipe)).toMatchObject({ hint: expect.stringMatching(hint) })
  })
})
