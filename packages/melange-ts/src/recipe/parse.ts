import { type Decoded, decodeYaml, type Source } from '@apkts/config'
import { type Log, silentLog, throwProblems } from '@apkts/diagnostics'
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

export interface ParseOptions {
  /** Default of `package.commit`. */
  readonly commit?: string
  /** Names of build options to apply. */
  readonly buildOptions?: readonly string[]
  /** Replace the recipe's values when not empty or zero. */
  readonly overrides?: Partial<Resources> & { readonly timeout?: bigint }
  /** Ignore unknown keys, as in recipes that packages carry. */
  readonly lenientKeys?: boolean
  readonly log?: Log
}

/** The texts that a recipe is made of. */
export interface RecipeSources {
  readonly recipe: Source
  readonly varsFile?: Source
  readonly envFiles?: readonly Source[]
}

/** A recipe as far as it could be understood. */
export interface ParsedRecipe {
  readonly recipe: Recipe
  /** The recipe as written, with the places of its parts. */
  readonly decoded: Decoded<RawRecipe>
  readonly problems: readonly RecipeError[]
}

/**
 * From the text of a recipe to a validated recipe: strict decoding, load-time replacement, expansion of ranges, build
 * accounts and environment, strict substitution of dependencies and package lists. Reads nothing. Throws all problems
 * together.
 */
export function parseRecipe(sources: RecipeSources, options: ParseOptions = {}): Recipe {
  const { recipe, problems } = parseRecipeFully(sources, options)
  throwProblems(problems)
  return recipe
}

/** The same, but what follows decoding is collected: the recipe can be looked at further. Throws for what is no recipe at all. */
export function parseRecipeFully(sources: RecipeSources, options: ParseOptions = {}): ParsedRecipe {
  const decoded = decodeYaml(sources.recipe, recipeType, { lenientKeys: options.lenientKeys ?? false })
  const raw = decoded.value
  const problems: RecipeError[] = []
  const chosen = options.buildOptions ?? []
  const fileVars = sources.varsFile === undefined ? {} : parseVarsFile(sources.varsFile)
  const vars = withOptionVars(overlay(raw.vars, fileVars), raw.options, chosen)
  const expanded = replaceAll({ ...raw, vars }, options.commit ?? '', problems)
  const accounts = withAccounts({ ...expanded, file: sources.recipe.file })
  const environment = {
    ...accounts.environment,
    environment: buildEnvironmentVariables(
      accounts.environment.environment,
      (sources.envFiles ?? []).map(({ text, file }) => parseEnvFile(text, file)),
    ),
  }
  const complete = substituteDependencies({ ...accounts, environment }, decoded.locate, problems)
  const recipe = withOverrides(propagate(withOptionPackages(complete, chosen)), options.overrides ?? {})
  validateRecipe(recipe, { log: options.log ?? silentLog, locate: decoded.locate, problems })
  return { recipe, decoded, problems }
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

function replaceAll(raw: RawRecipe, defaultCommit: string, problems: RecipeError[]): Omit<Recipe, 'file'> {
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
      problems,
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

function withOverrides(recipe: Recipe, overrides: NonNullable<ParseOptions['overrides']>): Recipe {
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
