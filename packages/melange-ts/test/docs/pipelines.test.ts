import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { compileRecipe } from '../../src/index.ts'
import { builtinPipelineNames } from '../pipelines/names.ts'
import { load } from '../recipe/helpers.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')
const examples = parse(readFileSync(join(ROOT, 'scripts/pipeline-examples.yaml'), 'utf8')) as Record<
  string,
  readonly { readonly uses: string }[]
>

describe('docs/pipelines.md', () => {
  test('is what `npm run pipelines-doc` writes', () => {
    const written = readFileSync(join(ROOT, 'docs/pipelines.md'), 'utf8')
    const now = execFileSync(process.execPath, [join(ROOT, 'scripts/pipelines-doc.mjs'), '--print'], {
      encoding: 'utf8',
    })
    expect(written).toBe(now)
  })

  test('shows a use of every pipeline', () => {
    expect(Object.keys(examples).sort()).toEqual(builtinPipelineNames())
    for (const [name, steps] of Object.entries(examples)) expect(steps.map(({ uses }) => uses)).toContain(name)
  })

  test.each(Object.entries(examples))('the use of %s compiles', (_, pipeline) => {
    const recipe = {
      package: { name: 'hello', version: '1.2', epoch: 0 },
      subpackages: [{ name: 'hello-x', pipeline }],
    }
    const { subpackages } = compileRecipe(load(JSON.stringify(recipe)), { arch: 'x86_64' })
    expect(subpackages[0]?.pipeline).toHaveLength(pipeline.length)
  })
})
