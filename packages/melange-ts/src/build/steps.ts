import { constants } from 'node:os'

import { formatLocation, type Location, type Log } from '@apkts/diagnostics'
import type { Exit, Runner, Secret } from '@apkts/sandbox'
import { namedSecrets } from '../closed/secrets.ts'

import { type CompiledStep, stepTitle } from '../compile/types.ts'
import { BuildError } from './error.ts'
import { type CommandPlace, placeOfCommand } from './failed-command.ts'
import type { Pod } from './pod.ts'
import { openShell } from './shell.ts'
import { type FailedCommand, failureReport, GUEST_HOME, STEP_PATH, stepCommand, stepDirectory } from './step-command.ts'
import type { StepLog } from './step-log.ts'
import type { Tracer } from './tracer.ts'

/** Everything a pipeline needs to run. */
export interface StepContext {
  readonly runner: Runner
  readonly pod: Pod
  /** Package the steps belong to, for messages. */
  readonly packageName: string
  readonly log: Log
  readonly tracer: Tracer
  readonly stepLog: StepLog
  readonly secrets: readonly Secret[]
  /** Aborts the running step; `interruption` then says why. */
  readonly signal: AbortSignal
  readonly interruption: (notes?: readonly string[]) => BuildError
  readonly trace: boolean
  /** Opens a shell in the guest when a step fails. */
  readonly shellOnFailure: boolean
  /** What to do after a failure, besides opening a shell; absent for nothing. */
  readonly advice?: string | undefined
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
  const argv = stepCommand(step.runs, directory, context)
  const secrets = namedSecrets(step, context.secrets)
  let reported: FailedCommand | 'none' | undefined
  const exit = await context.runner.run(context.pod.guest, {
    argv,
    environment,
    secrets,
    onLine(line, stream) {
      const report = failureReport(line)
      if (report === undefined) context.stepLog.line(line, stream)
      else reported ??= report
    },
    signal: context.signal,
  })
  if (exit.exitCode === 0) return
  if (exit.aborted) throw context.interruption([`running step: ${title}`, `full log: ${context.stepLog.file}`])
  const command = typeof reported === 'object' ? placeOfCommand(step, reported) : undefined
  const failure = stepFailure([...parents, step], { exit, title, directory, command }, context)
  if (!context.shellOnFailure) throw failure
  context.log.error([failure.message, ...failure.notes].join('\n'))
  if (!(await openShell({ ...step, argv, environment, secrets }, context))) throw failure
  context.log.warn(`${stepTitle(step)} failed, and the build goes on as the shell ended with status 0`)
}

interface Failure {
  readonly exit: Exit
  readonly title: string
  readonly directory: string
  readonly command: CommandPlace | undefined
}

function stepFailure(
  path: readonly CompiledStep[],
  { exit, title, directory, command }: Failure,
  context: StepContext,
): BuildError {
  const step = path.at(-1)!
  const tail = context.stepLog.tail()
  return new BuildError('STEP_FAILED', `${stepTitle(step)} of package ${context.packageName} ${ending(exit)}`, {
    at: placeOf(path, command),
    notes: [
      ...(title === stepTitle(step) ? [] : [`step: ${title}`]),
      ...(step.name !== '' && step.uses !== '' ? [`uses: ${step.uses}`] : []),
      ...(step.at?.line === undefined
        ? []
        : [`step at: ${formatLocation({ file: step.at.file, line: step.at.line })}`]),
      ...commandNotes(command),
      `working directory: ${directory}`,
      ...(tail.length === 0 ? ['the step printed nothing'] : [`last lines:\n${tail.join('\n')}`]),
      `full log: ${context.stepLog.file}`,
    ],
    hint: [context.advice, 'build again with --on-failure shell for a shell where it failed']
      .filter(Boolean)
      .join('; or '),
  })
}

/** The command, or where the recipe asks for it: pipelines that come with the program are not the user's to change. */
function placeOf(path: readonly CompiledStep[], command: CommandPlace | undefined): Location | undefined {
  const recipe = path[0]?.at
  return command?.at !== undefined && command.at.file === recipe?.file ? command.at : recipe
}

function commandNotes(command: CommandPlace | undefined): string[] {
  if (command === undefined) return []
  const place = command.at === undefined ? '' : ` (${formatLocation(command.at)})`
  return [`${command.exact ? 'command' : 'command, or one of the next'}: ${command.text}${place}`]
}

// A shell reports the signal that ended its child as 128 plus its number.
function ending({ exitCode, signal }: Exit): string {
  if (exitCode === undefined) return `was killed by ${signal}`
  const name = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0]
  return `ended with exit status ${exitCode}${name === undefined ? '' : ` (${name})`}`
}

function checkAssertions(step: CompiledStep, ran: number): void {
  const wanted = step.assertions?.requiredSteps
  if (wanted === undefined || wanted === ran) return
  throw new BuildError('ASSERTION_FAILED', `${stepTitle(step)} wants ${wanted} of its steps to run, but ${ran} did`, {
    at: step.at,
    hint: 'the conditions (if:) of the nested steps decide which of them run',
  })
}
