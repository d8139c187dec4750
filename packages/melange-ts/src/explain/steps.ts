import type { CompiledRecipe, CompiledStep } from '../compile/types.ts'
import { own } from '../recipe/records.ts'
import { type Explained, placeText, type Section } from './types.ts'

/** A section for each pipeline: its steps with their definitions and inputs, nested ones indented. */
export function explainPipelines(compiled: CompiledRecipe): Section[] {
  const owners: [string, readonly CompiledStep[]][] = [
    [`steps of ${compiled.package.name}`, compiled.pipeline],
    ...compiled.subpackages.map(({ name, pipeline }): [string, readonly CompiledStep[]] => [
      `steps of ${name}`,
      pipeline,
    ]),
    [`test of ${compiled.package.name}`, compiled.test?.pipeline ?? []],
    ...compiled.subpackages.map(({ name, test }): [string, readonly CompiledStep[]] => [
      `test of ${name}`,
      test?.pipeline ?? [],
    ]),
  ]
  return owners
    .filter(([, steps]) => steps.length > 0)
    .map(([title, steps]) => ({ title, rows: steps.flatMap((step) => explainStep(step, '')) }))
}

/** What the step is called in messages. */
export function stepName(step: CompiledStep): string {
  return step.name || step.uses || 'runs'
}

function explainStep(step: CompiledStep, indent: string): Explained[] {
  const skipped = step.enabled ? '' : ', not run: its condition is false'
  const by =
    step.definedIn === undefined ? '' : `, defined in ${step.builtin ? `the built-in ${step.uses}` : step.definedIn}`
  const head = { name: `${indent}${stepName(step)}`, from: `${placeText(step.at)}${by}${skipped}` }
  const inputs = Object.entries(step.inputs)
    .filter(([, value]) => value !== '')
    .map(([name, value]): Explained => ({ name: `${indent}  ${name}`, value, from: inputOrigin(step, name) }))
  // What a built-in definition does inside is its own business.
  const nested = step.builtin ? [] : step.pipeline.flatMap((child) => explainStep(child, `${indent}  `))
  return [head, ...inputs, ...nested]
}

function inputOrigin(step: CompiledStep, name: string): string {
  const given = own(step.withAt ?? {}, name)
  if (given !== undefined) return placeText(given)
  const declared = own(step.inputsAt ?? {}, name)
  if (declared === undefined) return 'a pipeline around it'
  return step.builtin ? `default of ${step.uses}` : `default, ${placeText(declared)}`
}
