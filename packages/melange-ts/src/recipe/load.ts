import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Source } from '@apkts/config'
import { didYouMean, isSystemError } from '@apkts/diagnostics'
import { RecipeError } from './error.ts'
import { type ParseOptions, parseRecipe, type RecipeSources } from './parse.ts'
import type { Recipe } from './types.ts'

/** What a recipe is read with. */
export interface LoadOptions extends ParseOptions {
  /** Paths; an earlier file wins over a later one, the recipe over all of them. */
  readonly envFiles?: readonly string[]
  /** Path of a file whose variables win over the recipe's. */
  readonly varsFile?: string
}

/** Reads and loads a recipe with the files it needs. Throws `RecipeError`, `ConfigError` or `DiagnosticErrors`. */
export async function loadRecipe(path: string, options: LoadOptions = {}): Promise<Recipe> {
  return parseRecipe(await readRecipeSources(path, options), options)
}

/** The texts of a recipe and the files given with it. Throws `RecipeError` for what cannot be read. */
export async function readRecipeSources(
  path: string,
  options: Pick<LoadOptions, 'envFiles' | 'varsFile'> = {},
): Promise<RecipeSources> {
  const recipe = await readSource(path)
  const varsFile = options.varsFile ? await readSource(options.varsFile) : undefined
  const envFiles = await Promise.all((options.envFiles ?? []).map(readSource))
  return { recipe, envFiles, ...(varsFile && { varsFile }) }
}

async function readSource(path: string): Promise<Source> {
  try {
    return { file: path, text: await readFile(path, 'utf8') }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) {
      const hint = didYouMean(basename(path), await namesBeside(path))
      throw new RecipeError('RECIPE_NOT_FOUND', `${path}: no such file`, { cause: error, hint })
    }
    if (!isSystemError(error)) throw error
    throw new RecipeError('RECIPE_UNREADABLE', `${path}: ${error.message}`, { cause: error })
  }
}

async function namesBeside(path: string): Promise<string[]> {
  try {
    return await readdir(dirname(path))
  } catch (error) {
    if (isSystemError(error)) return []
    throw error
  }
}
