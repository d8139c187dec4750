import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program lies on a search path; undefined when it is not there. */
export function findProgram(program: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
