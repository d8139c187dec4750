import { posix } from 'node:path'
import { shellWord } from './shell-word.ts'

/** Where the workspace lies in the guest. */
export const GUEST_HOME = '/home/build'

/** Search path of every step. */
export const STEP_PATH = '/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin'

/** Lines of a step's command before its script. */
const PROLOGUE_LINES = 3

/** Directory of a step in the guest; relative ones lie in the workspace. */
export function stepDirectory(workingDirectory: string): string {
  if (workingDirectory === '') return GUEST_HOME
  return workingDirectory.startsWith('/') ? workingDirectory : posix.join(GUEST_HOME, workingDirectory)
}

// bash tells the line of the command that failed. Other shells tell the line of the last simple command, counted from where
// they please: the second number is what they call the first line. Nothing is said unless a step fails.
const REPORT = [
  `if [ -n "\${BASH_VERSION-}" ]; then trap 'printf "\\001=%s\\n" "$LINENO" >&2 || :' ERR`,
  `trap '[ $? = 0 ] || printf "\\001:%s\\n" "\${BASH_COMMAND%%[[:cntrl:]]*}" >&2 || :' EXIT`,
  `else trap '[ $? = 0 ] || printf "\\001~%s %s\\n" "\${LINENO-}" '"$(trap 'echo "\${LINENO-}"' EXIT; :)"' >&2 || :' EXIT; fi`,
].join('; ')

/**
 * The command that runs a step's script: stops at the first failure, in a directory that it makes when missing. When it fails
 * it reports where on standard error, in a line that `failureReport` reads; not so when it is traced, which shows as much.
 */
export function stepCommand(script: string, directory: string, options: { readonly trace: boolean }): string[] {
  const word = shellWord(directory)
  const first = options.trace ? 'set -exo pipefail' : `set -eo pipefail; ${REPORT}`
  return ['/bin/sh', '-c', [first, `[ -d ${word} ] || mkdir -p ${word}`, `cd ${word}`, script, 'exit 0'].join('\n')]
}

/** What is known of the command that failed in a script: its line, counted from 1, or a line at or before it; or its text. */
export type FailedCommand = { readonly line: number; readonly exact: boolean } | { readonly text: string }

/** What a step's command reports in a line; `none` when it has nothing to say, undefined for any other line. */
export function failureReport(line: string): FailedCommand | 'none' | undefined {
  const [, kind, report = ''] = /^\u0001([=:~])(.*)$/.exec(line) ?? []
  if (kind === undefined) return undefined
  if (kind === ':') return report === '' ? 'none' : { text: report }
  const [found = '', first = '1'] = report.split(' ')
  const number = Number(found) - Number(first) + 1 - PROLOGUE_LINES
  return found !== '' && number >= 1 ? { line: number, exact: kind === '=' } : 'none'
}
