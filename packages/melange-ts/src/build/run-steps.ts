import { throwProblems } from '@apkts/diagnostics'
import { BuildError } from './error.ts'
import { makeOutput } from './output-directory.ts'
import type { BuiltPackage } from './package-plan.ts'
import { describeStep, type PlannedStep } from './planned-steps.ts'
import type { StepPlan } from './snapshots.ts'
import { runPipeline, type StepContext } from './steps.ts'

/**
 * Runs the steps of all packages, from the first that is planned to run, and keeps the state after each.
 * @throws BuildError for the first step that fails; with `keepGoing` the steps of other subpackages run first.
 */
export async function runSteps(
  outputs: readonly BuiltPackage[],
  plan: StepPlan,
  context: StepContext,
  { keepGoing }: { readonly keepGoing: boolean },
): Promise<void> {
  const failures: BuildError[] = []
  const progress = { keptAfter: plan.layers?.snapshots.at(-1)?.after ?? 0 }
  for (const output of outputs) {
    await makeOutput(context.pod.workspace, output.name)
    const steps = plan.steps.filter((planned) => planned.output.name === output.name && planned.number >= plan.from)
    if (output.subpackage !== undefined && steps.length > 0) context.log.info(`running the steps of ${output.name}`)
    try {
      for (const planned of steps) await runOne(planned, { plan, context, progress, keep: failures.length === 0 })
    } catch (error) {
      if (!keepGoing || !isStepFailure(error) || output.subpackage === undefined) throw error
      context.log.error(`${error.message}; going on with the other packages`)
      failures.push(error)
    }
  }
  throwProblems(failures)
}

interface Progress {
  /** Number of the last step after which the state was kept. */
  keptAfter: number
}

interface Run {
  readonly plan: StepPlan
  readonly context: StepContext
  readonly progress: Progress
  readonly keep: boolean
}

async function runOne({ number, output, step }: PlannedStep, { plan, context, progress, keep }: Run): Promise<void> {
  if (!step.enabled) return
  const canResume = number > 1 && progress.keptAfter > 0 && progress.keptAfter === lastBefore(plan, number)
  const advice = canResume ? `fix it and go on from here with --from-step ${number}` : undefined
  const title = `step ${number} ${describeStep({ number, output, step })}`
  await context.tracer.span(title, () => runPipeline([step], { ...context, packageName: output.name, advice }))
  const isLast = !plan.steps.some((other) => other.number > number && other.step.enabled)
  if (isLast || !keep) return
  if (await context.pod.checkpoint(number)) progress.keptAfter = number
  else if (plan.layers !== undefined)
    context.log.debug(`the state after step ${number} is not kept: it has hard links, or too many layers`)
}

function lastBefore({ steps }: StepPlan, number: number): number {
  return steps.findLast((planned) => planned.number < number && planned.step.enabled)?.number ?? 0
}

export function isStepFailure(error: unknown): error is BuildError {
  return error instanceof BuildError && (error.code === 'STEP_FAILED' || error.code === 'ASSERTION_FAILED')
}
