import { posix } from 'node:path'
import { shellWord } from './shell-word.ts'

/** Where the workspace lies in the guest. */
export const GUEST_HOME = '/home/build'

/** Search path of every step. */
export const STEP_PATH = '/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin'

/** Directory of a step in the guest; relative ones lie in the workspace. */
export function stepDirectory(workingDirectory: string): string {
  if (workingDirectory === '') return GUEST_HOME
  return workingDirectory.startsWith('/') ? workingDirectory : posix.join(GUEST_HOME, workingDirectory)
}

/** The command that runs a step's script: stops at the first failure, in a directory that it makes when missing. */
export function stepCommand(script: string, directory: string, options: { readonly trace: boolean }): string[] {
  const word = shellWord(directory)
  const prologue = [`set -e${options.trace ? 'x' : ''}o pipefail`, `[ -d ${word} ] || mkdir -p ${word}`, `cd ${word}`]
  return ['/bin/sh', '-c', [...prologue, script, 'exit 0'].join('\n')]
}
