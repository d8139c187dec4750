import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createPipelineLibrary } from '../../src/compile/pipelines.ts'
import type { CompiledStep } from '../../src/compile/types.ts'
import { compileRecipe } from '../../src/index.ts'
import { builtinPipelineNames } from '../pipelines/names.ts'
import { load, P } from '../recipe/helpers.ts'

interface Recorded {
  readonly id: string
  readonly needs?: { readonly packages?: readonly string[] }
  readonly inputs: readonly { readonly name: string; readonly default: string; readonly required: boolean }[]
  readonly steps: readonly { readonly uses?: string; readonly name?: string; readonly 'working-directory'?: string }[]
}

const names = builtinPipelineNames()
const library = createPipelineLibrary([])
const definition = (name: string) => library(name, undefined).step

function use(name: string): CompiledStep {
  const required = Object.entries(definition(name).inputs).filter(([, input]) => input.required)
  const inputs = Object.fromEntries(required.map(([input]) => [input, 'value']))
  const recipe = load(`${P}subpackages: [{name: s, pipeline: [${JSON.stringify({ uses: name, with: inputs })}]}]`)
  return compileRecipe(recipe, { arch: 'x86_64', library }).subpackages[0]!.pipeline[0]!
}

function scripts(step: CompiledStep): string[] {
  return [step.runs, ...step.pipeline.flatMap(scripts)].filter((script) => script !== '')
}

describe('built-in pipelines', () => {
  test.each(names)('%s compiles to valid scripts without variables left in them', (name) => {
    const found = scripts(use(name))
    expect(found.length).toBeGreaterThan(0)
    for (const script of found) expect(script).not.toContain('${{')
  })

  test.each(names)('%s describes itself and its inputs', (name) => {
    const { name: title, inputs } = definition(name)
    expect(title).not.toBe('')
    for (const input of Object.values(inputs)) expect(input.description).not.toBe('')
  })
})

/** What recipes rely on: a pipeline's needs, and its inputs with their defaults. */
function interfaceOf(name: string): string {
  const { needs, inputs } = definition(name)
  const lines = Object.entries(inputs).map(([input, { default: value, required }]) =>
    `  ${input}${required ? ' (required)' : value === '' ? '' : ` = ${value}`}`.trimEnd(),
  )
  return [`${name}: ${needs?.packages.join(' ')}`, ...lines].join('\n')
}

test('the interface stays as it is', async () => {
  await expect(`${names.map(interfaceOf).join('\n')}\n`).toMatchFileSnapshot('builtin-interfaces.txt')
})

const data = join(
  process.env.CONFORMANCE_DATA ?? resolve(import.meta.dirname, '../../../../../shared/data'),
  'melange-pipelines.json',
)

describe.skipIf(!existsSync(data))(
  'the interface of built-in pipelines (skipped: conformance data not present)',
  () => {
    const recorded = existsSync(data)
      ? (JSON.parse(readFileSync(data, 'utf8')) as { pipelines: Recorded[] }).pipelines
      : []

    test('there are those of the original, and no others', () => {
      expect(names).toEqual(recorded.map(({ id }) => id).sort())
    })

    test.each(recorded)('$id', ({ id, needs, inputs, steps }) => {
      const found = definition(id)
      expect(found.needs?.packages ?? []).toEqual(needs?.packages ?? [])
      expect(
        Object.entries(found.inputs).map(([name, input]) => ({
          name,
          default: input.default,
          required: input.required,
        })),
      ).toEqual(inputs.map(({ name, default: value, required }) => ({ name, default: value, required })))
      expect(found.pipeline.map((step) => [step.uses, step.name, step.workingDirectory, step.runs !== ''])).toEqual(
        steps.map((step) => [
          step.uses ?? '',
          step.name ?? '',
          step['working-directory'] ?? '',
          step.uses === undefined,
        ]),
      )
    })
  },
)
