import { mkdir, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { Log } from '@apkts/diagnostics'
import type { Exit, Guest, Runner, Secret } from '@apkts/sandbox'
import { namedSecrets } from '../closed/secrets.ts'
import { type CompiledStep, stepTitle } from '../compile/types.ts'
import { BuildError } from './error.ts'
import { GUEST_HOME, STEP_PATH, stepCommand, stepDirectory } from './step-command.ts'
import type { StepLog } from './step-log.ts'

/** Everything a pipeline needs to run. */
export interface StepContext {
  readonly runner: Runner
  readonly guest: Guest
  /** Directory of the host behind the guest's home. */
  readonly workspace: string
  /** Package the steps belong to, for messages. */
  readonly packageName: string
  readonly log: Log
  readonly stepLog: StepLog
  readonly secrets: readonly Secret[]
  /** Aborts the running step; `interruption` then says why. */
  readonly signal: AbortSignal
  readonly interruption: (notes?: readonly string[]) => BuildError
  readonly trace: boolean
  /** Opens a shell in the guest when a step fails. */
  readonly interactive: boolean
  /** Host's terminal type. */
  readonly terminal?: string | undefined
}

/** Runs the steps of a pipeline in order. @throws BuildError for the first one that fails. */
export async function runPipeline(steps: readonly CompiledStep[], context: StepContext): Promise<void> {
  for (const step of steps) await runStep(step, { PATH: STEP_PATH }, [], context)
}

/** True when the step ran: its condition held. */
async function runStep(
  step: CompiledStep,
  inherited: Readonly<Record<string, string>>,
  parents: readonly CompiledStep[],
  context: StepContext,
): Promise<boolean> {
  if (!step.enabled) return false
  const environment = { ...inherited, ...step.environment }
  if (step.name !== '' || step.uses !== '') context.log.info(`running step "${stepTitle(step)}"`)
  await runScript(step, environment, parents, context)
  let ran = 0
  for (const nested of step.pipeline) {
    if (await runStep(nested, environment, [...parents, step], context)) ran += 1
  }
  checkAssertions(step, ran)
  return true
}

async function runScript(
  step: CompiledStep,
  environment: Readonly<Record<string, string>>,
  parents: readonly CompiledStep[],
  context: StepContext,
): Promise<void> {
  const directory = stepDirectory(step.workingDirectory)
  // A group has nothing to run, and the home directory is always there.
  if (step.runs === '' && directory === GUEST_HOME) return
  const title = [...parents, step].map(stepTitle).join(' → ')
  context.stepLog.startStep(title)
  const exit = await context.runner.run(context.guest, {
    argv: stepCommand(step.runs, directory, context),
    environment,
    secrets: namedSecrets(step, context.secrets),
    onLine: context.stepLog.line,
    signal: context.signal,
  })
  if (exit.exitCode === 0) return
  if (exit.aborted) throw context.interruption([`running step: ${title}`, `full log: ${context.stepLog.file}`])
  const failure = stepFailure(step, { exit, title, directory }, context)
  if (!context.interactive || !(await forgive(step, directory, environment, context, failure))) throw failure
}

interface Failure {
  readonly exit: Exit
  readonly title: string
  readonly directory: string
}

function stepFailure(step: CompiledStep, { exit, title, directory }: Failure, context: StepContext): BuildError {
  const tail = context.stepLog.tail()
  return new BuildError('STEP_FAILED', `${stepTitle(step)} of package ${context.packageName} ${ending(exit)}`, {
    at: step.at,
    notes: [
      ...(title === stepTitle(step) ? [] : [`step: ${title}`]),
      ...(step.name !== '' && step.uses !== '' ? [`uses: ${step.uses}`] : []),
      `working directory: ${directory}`,
      ...(tail.length === 0 ? ['the step printed nothing'] : [`last lines:\n${tail.join('\n')}`]),
      `full log: ${context.stepLog.file}`,
    ],
    hint: 'build again with --interactive for a shell where it failed',
  })
}

// A shell reports the signal that ended its child as 128 plus its number.
function ending({ exitCode, signal }: Exit): string {
  if (exitCode === undefined) return `was killed by ${signal}`
  const name = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0]
  return `ended with exit status ${exitCode}${name === undefined ? '' : ` (${name})`}`
}

async function forgive(
  step: CompiledStep,
  directory: string,
  environment: Readonly<Record<string, string>>,
  context: StepContext,
  failure: BuildError,
): Promise<boolean> {
  context.log.error(`${failure.message}; a shell follows, exit 0 goes on with the next step`)
  await mkdir(context.workspace, { recursive: true })
  await writeFile(join(context.workspace, '.ash_history'), `${step.runs}\n`)
  const home = context.guest.environment.HOME ?? GUEST_HOME
  const exit = await context.runner.attach(context.guest, {
    argv: ['/bin/sh', '-c', 'cd "$1" && exec /bin/sh', 'sh', directory],
    environment: { ...environment, HISTFILE: `${home}/.ash_history`, TERM: context.terminal ?? 'xterm-256color' },
    secrets: namedSecrets(step, context.secrets),
  })
  return exit.exitCode === 0
}

function checkAssertions(step: CompiledStep, ran: number): void {
  const wanted = step.assertions?.requiredSteps ?? 0
  if (wanted === 0 || wanted === ran) return
  throw new BuildError('ASSERTION_FAILED', `${stepTitle(step)} wants ${wanted} of its steps to run, but ${ran} did`, {
    at: step.at,
    hint: 'the conditions (if:) of the nested steps decide which of them run',
  })
}
