import { readFile } from 'node:fs/promises'
import { decodeYaml, type Source } from '@apkts/config'
import { isSystemError, type Log, silentLog } from '@apkts/diagnostics'
import { withOptionPackages, withOptionVars } from './build-options.ts'
import { parseEnvFile } from './env-file.ts'
import { buildEnvironmentVariables, withBuildAccount } from './environment.ts'
import { RecipeError } from './error.ts'
import { propagateToChildren } from './propagate.ts'
import { overlay } from './records.ts'
import { replaceEnvironment, replacePackage, replacer, replaceSteps, replaceTest, replaceUpdate } from './replace.ts'
import { type RawRecipe, type RawSubpackage, recipeType, varsType } from './schema.ts'
import { substituteDependencies } from './second-pass.ts'
import { expandSubpackages } from './subpackages.ts'
import type { Recipe, RecipePackage, RecipeTest, Resources, StringMap } from './types.ts'
import { validateRecipe } from './validate.ts'
import { loadVariables } from './variables.ts'

export interface LoadOptions {
  /** Default of `package.commit`. */
  readonly commit?: string
  /** Paths; an earlier file wins over a later one, the recipe over all of them. */
  readonly envFiles?: readonly string[]
  /** Path of a file whose variables win over the recipe's. */
  readonly varsFile?: string
  /** Names of build options to apply. */
  readonly buildOptions?: readonly string[]
  /** Replace the recipe's values when not empty or zero. */
  readonly overrides?: Partial<Resources> & { readonly timeout?: bigint }
  readonly log?: Log
}

export interface RecipeSources {
  readonly recipe: Source
  readonly varsFile?: Source
  readonly envFiles?: readonly Source[]
}

/** Reads and loads a recipe with the files it needs. Throws `RecipeError`, `ConfigError` or `DiagnosticErrors`. */
export async function loadRecipe(path: string, options: LoadOptions = {}): Promise<Recipe> {
  const recipe = await readSource(path)
  const varsFile = options.varsFile ? await readSource(options.varsFile) : undefined
  const envFiles = await Promise.all((options.envFiles ?? []).map(readSource))
  return parseRecipe({ recipe, envFiles, ...(varsFile && { varsFile }) }, options)
}

async function readSource(path: string): Promise<Source> {
  try {
    return { file: path, text: await readFile(path, 'utf8') }
  } catch (error) {
    if (isSystemError(error, 'ENOENT'))
      throw new RecipeError('RECIPE_NOT_FOUND', `${path}: no such file`, { cause: error })
    if (!isSystemError(error)) throw error
    throw new RecipeError('RECIPE_UNREADABLE', `${path}: ${error.message}`, { cause: error })
  }
}

/**
 * From the text of a recipe to a validated recipe: strict decoding, load-time replacement, expansion of ranges, build
 * accounts and environment, strict substitution of dependencies and package lists. Reads nothing.
 */
export function parseRecipe(sources: RecipeSources, options: Omit<LoadOptions, 'envFiles' | 'varsFile'> = {}): Recipe {
  const raw = decodeYaml(sources.recipe, recipeType).value
  const log = options.log ?? silentLog
  const chosen = options.buildOptions ?? []
  const fileVars = sources.varsFile === undefined ? {} : parseVarsFile(sources.varsFile)
  const vars = withOptionVars(overlay(raw.vars, fileVars), raw.options, chosen)
  const expanded = replaceAll({ ...raw, vars }, options.commit ?? '')
  const accounts = withAccounts({ ...expanded, file: sources.recipe.file })
  const environment = {
    ...accounts.environment,
    environment: buildEnvironmentVariables(
      accounts.environment.environment,
      (sources.envFiles ?? []).map(({ text, file }) => parseEnvFile(text, file)),
    ),
  }
  const substituted = withOptionPackages(substituteDependencies({ ...accounts, environment }), chosen)
  const recipe = withOverrides(propagate(substituted), options.overrides ?? {})
  validateRecipe(recipe, log)
  return recipe
}

function parseVarsFile(source: Source): StringMap {
  const decoded = decodeYaml(source, varsType, { lenientKeys: true })
  if (decoded.isNull) {
    throw new RecipeError('VARS_FILE', 'the vars file is empty: expected a mapping of names to values', {
      at: { file: source.file },
    })
  }
  return decoded.value
}

function replaceAll(raw: RawRecipe, defaultCommit: string): Omit<Recipe, 'file'> {
  const variables = loadVariables(raw.package, raw.vars, raw.varTransforms)
  const replace = replacer(variables)
  const pkg = replacePackage(raw.package, replace)
  const commit = pkg.commit === '' ? defaultCommit : pkg.commit
  const rangeVariables = usesRanges(raw.subpackages) ? loadVariables(pkg, raw.vars, raw.varTransforms) : variables
  const { data, ...rest } = raw
  return {
    ...rest,
    package: { ...pkg, commit },
    pipeline: replaceSteps(raw.pipeline, replace),
    subpackages: expandSubpackages(raw.subpackages, {
      ranges: new Map(data.map(({ name, items }) => [name, items])),
      variables,
      rangeVariables,
      commit,
    }),
    environment: replaceEnvironment(raw.environment, replace),
    test: raw.test && replaceTest(raw.test, replace),
    update: replaceUpdate(raw.update, replace),
  }
}

function usesRanges(subpackages: readonly RawSubpackage[]): boolean {
  return subpackages.some(({ range }) => range !== '')
}

function withAccounts(recipe: Recipe): Recipe {
  return {
    ...recipe,
    environment: withBuildAccount(recipe.environment),
    test: recipe.test && withTestAccount(recipe.test),
    subpackages: recipe.subpackages.map((subpackage) => ({
      ...subpackage,
      test:
        subpackage.test && (subpackage.test.pipeline.length > 0 ? withTestAccount(subpackage.test) : subpackage.test),
    })),
  }
}

function withTestAccount(test: RecipeTest): RecipeTest {
  return { ...test, environment: withBuildAccount(test.environment) }
}

function propagate(recipe: Recipe): Recipe {
  return {
    ...recipe,
    pipeline: propagateToChildren(recipe.pipeline),
    subpackages: recipe.subpackages.map((subpackage) => ({
      ...subpackage,
      pipeline: propagateToChildren(subpackage.pipeline),
    })),
  }
}

function withOverrides(recipe: Recipe, overrides: NonNullable<LoadOptions['overrides']>): Recipe {
  const { resources, timeout } = recipe.package
  const pkg: RecipePackage = {
    ...recipe.package,
    timeout: overrides.timeout || timeout,
    resources: {
      cpu: overrides.cpu || resources.cpu,
      cpuModel: overrides.cpuModel || resources.cpuModel,
      memory: overrides.memory || resources.memory,
      disk: overrides.disk || resources.disk,
    },
  }
  return { ...recipe, package: pkg }
}
