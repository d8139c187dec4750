import { type CompiledRecipe, type CompiledStep, stepTitle } from '../compile/types.ts'
import { BuildError } from './error.ts'
import { type BuiltPackage, outputPackages } from './package-plan.ts'

/** A step of the top level: of the main package, then of the subpackages in order. */
export interface PlannedStep {
  /** Counted from 1 over all packages. */
  readonly number: number
  readonly output: BuiltPackage
  readonly step: CompiledStep
}

/** All steps of the top level, those whose condition is false too. */
export function plannedSteps(recipe: CompiledRecipe): PlannedStep[] {
  const steps = outputPackages(recipe).flatMap((output) => {
    return (output.subpackage ?? recipe).pipeline.map((step) => ({ output, step }))
  })
  return steps.map((planned, at) => ({ number: at + 1, ...planned }))
}

/**
 * The number of the step that a command line means: by its number, or by its label, name or pipeline.
 * @throws BuildError `STEP_UNKNOWN` when it names none, or several.
 */
export function chosenStep(steps: readonly PlannedStep[], wanted: string): number {
  const byNumber = /^\d+$/.test(wanted) ? steps.find(({ number }) => number === Number(wanted)) : undefined
  const named = steps.filter(({ step: { label, name, uses } }) => [label, name, uses].includes(wanted))
  const [found = named[0]] = [byNumber]
  if (found !== undefined && (byNumber !== undefined || named.length === 1)) return found.number
  const what = named.length > 1 ? `${named.length} steps are called` : 'there is no step'
  throw new BuildError('STEP_UNKNOWN', `${what} ${JSON.stringify(wanted)}`, {
    notes: [`steps:\n${steps.map((planned) => `${planned.number}  ${describeStep(planned)}`).join('\n')}`],
    hint: 'give the number of a step, its label, or its name',
  })
}

/** A step in words. */
export function describeStep({ output, step }: PlannedStep): string {
  const label = step.label === '' || step.label === undefined ? '' : ` (${step.label})`
  return `${stepTitle(step)}${label}${output.subpackage === undefined ? '' : ` of ${output.name}`}`
}
