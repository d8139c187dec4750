import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import type { Recipe } from '../recipe/types.ts'
import { checkOut, type SourceOptions } from './checkout.ts'
import { SourceError } from './error.ts'
import { commitPatches } from './patches.ts'
import { firstCheckout, patchNames, sourceSteps } from './steps.ts'

export interface SourcePlaces {
  /** Directory below which the tree gets the package's name. */
  readonly output: string
  /** Directory of the patches; that with the package's name beside the recipe when empty. */
  readonly sourceDir: string
}

/** Where the source tree of a recipe lies, and where its patches. */
export function sourcePlaces(recipe: Recipe, { output, sourceDir }: SourcePlaces) {
  const { name } = recipe.package
  const patchDirectory = sourceDir === '' ? join(dirname(recipe.file), name) : sourceDir
  return { directory: resolve(output, name), patchDirectory: resolve(patchDirectory) }
}

/**
 * Clones the repository of a recipe and commits its patches on top. The directory appears whole or not at all; one that is
 * there already is never touched. Returns it.
 */
export async function getSource(recipe: Recipe, places: SourcePlaces, options: SourceOptions): Promise<string> {
  const { directory, patchDirectory } = sourcePlaces(recipe, places)
  await refuseExisting(directory)
  const steps = sourceSteps(recipe)
  const checkout = firstCheckout(steps, recipe)
  const later = steps.slice(steps.indexOf(checkout) + 1)
  const patches = later.find((step) => /^(patch|git-am)$/.test(step.uses) && patchNames(step).length > 0)
  await mkdir(dirname(directory), { recursive: true })
  const temporary = await mkdtemp(`${directory}.`)
  try {
    await checkOut(checkout, temporary, options)
    if (patches !== undefined) await commitPatches(patches, { directory: temporary, patchDirectory }, options)
    await rename(temporary, directory)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return directory
}

async function refuseExisting(directory: string): Promise<void> {
  try {
    await stat(directory)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return
    throw error
  }
  throw new SourceError('SOURCE_EXISTS', `${directory} is there already`, {
    hint: 'your commits may be in it: turn them into patches with "source pop", or move it away',
  })
}
