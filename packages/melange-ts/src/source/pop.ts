import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { compareBytes } from '@apkts/encoding'
import { applyEdits } from '../bump/text-edits.ts'
import type { Recipe } from '../recipe/types.ts'
import type { SourceOptions } from './checkout.ts'
import { SourceError } from './error.ts'
import { type SourcePlaces, sourcePlaces } from './get.ts'
import { patchStepEdits } from './patch-step.ts'
import { firstCheckout, sourceSteps } from './steps.ts'
import { gitOrThrow } from './tool.ts'

/**
 * Turns the commits on top of a recipe's expected commit into patch files and makes the recipe apply them with `git-am`.
 * Returns the names of the files.
 */
export async function popSource(recipe: Recipe, places: SourcePlaces, options: SourceOptions): Promise<string[]> {
  const { directory, patchDirectory } = sourcePlaces(recipe, places)
  const base = firstCheckout(sourceSteps(recipe), recipe).inputs['expected-commit'] ?? ''
  if (base === '') {
    throw new SourceError('NO_SOURCE', `${recipe.file}: the git-checkout step has no expected-commit`, {
      hint: 'patches are what was committed since then',
    })
  }
  await requireTree(directory)
  const names = await formatPatches(directory, patchDirectory, { base, signal: options.signal })
  if (names.length === 0) {
    throw new SourceError('NO_SOURCE', `${directory} has no commits after ${base}`, {
      hint: 'commit your changes there first',
    })
  }
  await editRecipe(recipe.file, names)
  return names
}

async function requireTree(directory: string): Promise<void> {
  try {
    await stat(join(directory, '.git'))
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new SourceError('NO_SOURCE', `${directory} is no git repository`, {
      hint: 'make it with "source get"',
      cause: error,
    })
  }
}

async function formatPatches(
  directory: string,
  target: string,
  { base, signal }: { readonly base: string; readonly signal: AbortSignal },
): Promise<string[]> {
  await mkdir(target, { recursive: true })
  const temporary = await mkdtemp(join(target, '.patches-'))
  const format = ['format-patch', '--quiet', '--no-signature', '--zero-commit', `--output-directory=${temporary}`]
  try {
    await gitOrThrow([...format, `${base}..HEAD`], { cwd: directory, signal }, 'making patches')
    const names = (await readdir(temporary)).sort(compareBytes)
    for (const name of names) await rename(join(temporary, name), join(target, name))
    return names
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function editRecipe(path: string, names: readonly string[]): Promise<void> {
  const file = await realpath(path)
  const text = await readFile(file, 'utf8')
  const { mode } = await stat(file)
  await writeFileAtomic(file, applyEdits(text, patchStepEdits(text, names)), { mode: mode & 0o7777 })
}
