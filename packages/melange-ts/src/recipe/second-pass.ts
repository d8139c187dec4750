import type { ImageConfig } from '@apkts/config'
import { type Location, throwProblems } from '@apkts/diagnostics'
import type { Variables } from '../substitute/lenient.ts'
import type { RecipeError } from './error.ts'
import type { Dependencies, Recipe, RecipeTest } from './types.ts'
import { loadVariables, substituteCollecting } from './variables.ts'

type Substitute = (text: string, title: string, at: Location | undefined) => string

/**
 * Strict substitution of what the package manager reads: dependencies, priorities and package lists. Variables are those
 * of the load, taken from the replaced package fields. Throws all problems together.
 */
export function substituteDependencies(recipe: Recipe): Recipe {
  const variables: Variables = loadVariables(recipe.package, recipe.vars, recipe.varTransforms)
  const problems: RecipeError[] = []
  const substitute: Substitute = (text, title, at) => substituteCollecting(text, variables, title, at, problems)
  const { package: pkg } = recipe
  const result: Recipe = {
    ...recipe,
    package: { ...pkg, dependencies: dependencies(pkg.dependencies, 'package', pkg.at, substitute) },
    subpackages: recipe.subpackages.map((subpackage) => ({
      ...subpackage,
      dependencies: dependencies(subpackage.dependencies, `subpackage "${subpackage.name}"`, subpackage.at, substitute),
      test:
        subpackage.test && withPackages(subpackage.test, `subpackage "${subpackage.name}"`, subpackage.at, substitute),
    })),
    environment: packages(recipe.environment, 'environment', pkg.at, substitute),
    test: recipe.test && withPackages(recipe.test, 'test', pkg.at, substitute),
  }
  throwProblems(problems)
  return result
}

function dependencies(
  given: Dependencies,
  owner: string,
  at: Location | undefined,
  substitute: Substitute,
): Dependencies {
  const list = (entries: readonly string[], name: string) =>
    entries.map((entry, index) => substitute(entry, `${owner}: dependencies.${name}[${index}]`, at))
  return {
    provides: list(given.provides, 'provides'),
    runtime: list(given.runtime, 'runtime'),
    replaces: list(given.replaces, 'replaces'),
    providerPriority: substitute(given.providerPriority, `${owner}: dependencies.provider-priority`, at),
    replacesPriority: substitute(given.replacesPriority, `${owner}: dependencies.replaces-priority`, at),
  }
}

function packages(config: ImageConfig, owner: string, at: Location | undefined, substitute: Substitute): ImageConfig {
  const list = config.contents.packages.map((entry, index) => {
    return substitute(entry, `${owner}: contents.packages[${index}]`, at)
  })
  return { ...config, contents: { ...config.contents, packages: list } }
}

function withPackages(test: RecipeTest, owner: string, at: Location | undefined, substitute: Substitute): RecipeTest {
  return { ...test, environment: packages(test.environment, `${owner}: test.environment`, at, substitute) }
}
