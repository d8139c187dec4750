import { RecipeError } from '../recipe/error.ts'
import { own } from '../recipe/records.ts'
import type { Step, StringMap } from '../recipe/types.ts'
import { collecting } from '../recipe/variables.ts'
import { ShellSyntaxError } from '../shell/error.ts'
import type { NormaliseScript } from '../shell/normal-form.ts'
import { evaluateCondition } from '../substitute/condition.ts'
import { checkDeclared, evaluatedInputs, inputValues, scopeWithInputs } from './inputs.ts'
import { type Definition, overlayDefinition, type PipelineLibrary } from './pipelines.ts'
import type { Scope } from './scope.ts'
import { lineOf, substituteCondition, substituteIn } from './substitute-step.ts'
import type { CompiledStep } from './types.ts'

/** What compiling the steps of one recipe needs. */
export interface StepContext {
  readonly library: PipelineLibrary
  readonly normalise: NormaliseScript
  /** Problems of all steps; compiling goes on after one. */
  readonly problems: RecipeError[]
}

/** Compiles the steps of a pipeline; `owner` names it in messages. */
export function compileSteps(
  steps: readonly Step[],
  scope: Scope,
  owner: string,
  context: StepContext,
): CompiledStep[] {
  return steps.flatMap((step, index) => {
    const title = `${owner}, ${step.name || step.uses || `step ${index + 1}`}`
    const placement: Placement = { scope, title, nested: false, reached: true, using: [] }
    return collecting(context.problems, [], () => [compileStep(step, placement, context)])
  })
}

interface Placement {
  /** Variables around the step. */
  readonly scope: Scope
  readonly title: string
  readonly nested: boolean
  /** No condition around the step is false. */
  readonly reached: boolean
  /** Names of the definitions around the step, outermost first. */
  readonly using: readonly string[]
}

function compileStep(given: Step, placement: Placement, context: StepContext): CompiledStep {
  const { title } = placement
  const definition = definitionOf(given, placement, context)
  const step = definition === undefined ? given : overlayDefinition(given, definition)
  if (definition !== undefined) checkDeclared(step, title)
  const values = inputValues(step, title)
  const scope = scopeWithInputs(placement.scope, values, step, title)
  const needs = step.needs?.packages.map((name) => substituteIn(name, scope, `${title}: needs`, step.at))
  const workingDirectory = substituteIn(step.workingDirectory, scope, `${title}: working-directory`, step.at)
  const written = writtenScript(step, scope, title)
  const runs = compileScript(written, step, title, context)
  const condition = substituteCondition(step.if, scope, `${title}: if`, step.at)
  const enabled = placement.reached && evaluateAt(condition, step, title)
  const inputs = evaluatedInputs(values, scope)
  const { inputs: declared, ...rest } = step
  const using = definition === undefined ? placement.using : [...placement.using, given.uses]
  return {
    ...rest,
    if: condition,
    enabled,
    with: shownInputs(given, step, inputs, placement.nested),
    inputs,
    runs,
    written,
    needs: needs && { packages: needs },
    workingDirectory,
    pipeline: compileChildren(step, workingDirectory, { scope, title, nested: true, reached: enabled, using }, context),
    builtin: definition?.builtin ?? false,
    definedIn: definition?.file,
    inputsAt: Object.fromEntries(Object.entries(declared).map(([name, { at }]) => [name, at])),
  }
}

function definitionOf(step: Step, { title, using }: Placement, context: StepContext): Definition | undefined {
  if (step.uses === '' || step.pipeline.length > 0) return undefined
  if (using.includes(step.uses)) {
    const circle = [...using.slice(using.indexOf(step.uses)), step.uses].join(' → ')
    throw new RecipeError('PIPELINE_CYCLE', `${title}: the pipeline "${step.uses}" uses itself: ${circle}`, {
      at: step.at,
    })
  }
  return context.library(step.uses, step.at)
}

function compileChildren(
  step: Step,
  workingDirectory: string,
  placement: Placement,
  context: StepContext,
): CompiledStep[] {
  return step.pipeline.map((child, index) => {
    const title = `${placement.title} › ${child.name || child.uses || `step ${index + 1}`}`
    const placed = child.workingDirectory === '' ? { ...child, workingDirectory } : child
    return compileStep(placed, { ...placement, title }, context)
  })
}

function writtenScript(step: Step, scope: Scope, title: string): string {
  return step.runs === '' ? '' : substituteIn(step.runs, scope, `${title}: runs`, step.runsAt ?? step.at)
}

function compileScript(script: string, step: Step, title: string, context: StepContext): string {
  if (script === '') return ''
  try {
    return context.normalise(script)
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error
    throw shellError(error, script, step, title)
  }
}

function shellError(error: ShellSyntaxError, script: string, step: Step, title: string): RecipeError {
  const lines = script.split('\n')
  const line = lines[error.line - 1] ?? ''
  const before = Buffer.from(line).toString('utf8', 0, error.column - 1)
  const position = Buffer.byteLength(lines.slice(0, error.line - 1).join('\n')) + (error.line > 1 ? 1 : 0)
  return new RecipeError('SHELL_SYNTAX', `${title}: the script is not valid bash: ${error.message}`, {
    at: lineOf(step.runsAt ?? step.at, script, position),
    notes: [line, `${before.replace(/[^\t]/g, ' ')}^`],
  })
}

function evaluateAt(condition: string, step: Step, title: string): boolean {
  try {
    return evaluateCondition(condition)
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error
    throw new RecipeError(error.code, `${title}: ${error.message}`, { at: step.at, hint: error.hint })
  }
}

// melange shows the inputs that differ from the raw default, but none at all for a top-level step without `with`.
function shownInputs(given: Step, step: Step, inputs: StringMap, nested: boolean): StringMap {
  if (!nested && Object.keys(given.with).length === 0) return {}
  return Object.fromEntries(
    Object.entries(inputs).filter(([name, value]) => value !== (own(step.inputs, name)?.default ?? '')),
  )
}

/** Packages that the enabled steps need, in the order in which they are met. */
export function gatherNeeds(steps: readonly CompiledStep[]): string[] {
  return steps.flatMap((step) => (step.enabled ? [...(step.needs?.packages ?? []), ...gatherNeeds(step.pipeline)] : []))
}
