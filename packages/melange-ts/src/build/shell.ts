import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Secret } from '@apkts/sandbox'
import { GUEST_HOME, stepDirectory } from './step-command.ts'
import type { StepContext } from './steps.ts'

/** What a shell after a failure is for. */
export interface FailedStep {
  readonly runs: string
  readonly workingDirectory: string
  /** The command that ran it. */
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: readonly Secret[]
}

// Read by the shell when it starts. The step runs again in a shell of its own, with the environment it had.
const FUNCTIONS = `exec 9<&-
rerun() ( script=$RERUN_SCRIPT; unset ENV HISTFILE RERUN_SCRIPT; exec /bin/sh -c "$script" )
`

// POSIX shells read the file that ENV names; /dev/fd/9 is the text below, so nothing is left in the guest.
const START = `cd "$1" || exit
exec /bin/sh -i 9<<'END_OF_FUNCTIONS'
${FUNCTIONS}END_OF_FUNCTIONS`

/**
 * Opens a shell on the terminal where a step failed: in its guest as it left it, as its user, in its directory and with its
 * environment, and with a function `rerun` that runs it again. True when the build is to go on: the shell ended with status 0.
 */
export async function openShell(step: FailedStep, { pod, runner, terminal, log }: StepContext): Promise<boolean> {
  log.info(
    'a shell follows, where the step failed: `rerun` runs the step again, `exit 0` goes on after it, `exit 1` gives up',
  )
  await writeHistory(join(pod.workspace, '.ash_history'), `${step.runs}\n`)
  const home = pod.guest.environment.HOME ?? GUEST_HOME
  const exit = await runner.attach(pod.guest, {
    argv: ['/bin/sh', '-c', START, 'sh', stepDirectory(step.workingDirectory)],
    environment: {
      ...step.environment,
      ENV: '/dev/fd/9',
      HISTFILE: `${home}/.ash_history`,
      RERUN_SCRIPT: step.argv.at(-1) ?? '',
      TERM: terminal ?? 'xterm-256color',
    },
    secrets: step.secrets,
  })
  return exit.exitCode === 0
}

// A step may have left a link there, to a file of the host.
async function writeHistory(file: string, text: string): Promise<void> {
  await rm(file, { recursive: true, force: true })
  await writeFile(file, text, { flag: 'wx' })
}
