import { stat } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'
import { BuildError } from './error.ts'

const DEFAULT_NAMES = ['.melange.yaml', '.melange.yml', 'melange.yaml', 'melange.yml']

/** The recipe that a command line names, or the one in the working directory. @throws BuildError `RECIPE_MISSING` */
export async function recipePath(given: string | undefined): Promise<string> {
  if (given !== undefined) return given
  for (const name of DEFAULT_NAMES) if (await isFile(name)) return name
  throw new BuildError('RECIPE_MISSING', 'melange.yaml is missing', {
    hint: `name a recipe, or run where one of ${DEFAULT_NAMES.join(', ')} lies`,
  })
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch (error) {
    if (isSystemError(error)) return false
    throw error
  }
}
