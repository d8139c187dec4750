import { baseName } from '../tree/index.ts'
import { isDirectlyIn } from './library-directories.ts'
import type { Findings, Subject } from './types.ts'

const DIRECTORIES = ['bin', 'sbin', 'usr/bin', 'usr/sbin']
const READ_AND_EXECUTE = 0o555

/** Programs that everybody may run, in the directories of the search path. */
export function findCommands({ tree, version }: Subject, { provides }: Findings): void {
  for (const { type, path, mode } of tree.entries) {
    const runnable = type === 'file' && (mode & READ_AND_EXECUTE) === READ_AND_EXECUTE
    if (runnable && isDirectlyIn(path, DIRECTORIES)) provides.add(`cmd:${baseName(path)}=${version}`)
  }
}
