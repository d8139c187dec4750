import type { ImageConfig, Locate } from '@apkts/config'
import type { Variables } from '../substitute/lenient.ts'
import type { RecipeError } from './error.ts'
import type { Dependencies, Recipe, RecipeTest } from './types.ts'
import { loadVariables, substituteCollecting } from './variables.ts'

type Path = readonly (string | number)[]
type Substitute = (text: string, title: string, path: Path) => string

/**
 * Strict substitution of what the package manager reads: dependencies, priorities and package lists. Variables are those
 * of the load, taken from the replaced package fields. Adds all problems to the list.
 */
export function substituteDependencies(recipe: Recipe, locate: Locate, problems: RecipeError[]): Recipe {
  const variables: Variables = loadVariables(recipe.package, recipe.vars, recipe.varTransforms)
  const substitute: Substitute = (text, title, path) =>
    substituteCollecting(text, variables, title, locate(path), problems)
  const { package: pkg } = recipe
  return {
    ...recipe,
    package: {
      ...pkg,
      dependencies: dependencies(pkg.dependencies, 'package', ['package', 'dependencies'], substitute),
    },
    subpackages: recipe.subpackages.map((subpackage) => {
      const owner = `subpackage "${subpackage.name}"`
      const path = ['subpackages', subpackage.written ?? 0]
      return {
        ...subpackage,
        dependencies: dependencies(subpackage.dependencies, owner, [...path, 'dependencies'], substitute),
        test: subpackage.test && withPackages(subpackage.test, owner, [...path, 'test'], substitute),
      }
    }),
    environment: packages(recipe.environment, 'environment', ['environment'], substitute),
    test: recipe.test && withPackages(recipe.test, 'test', ['test'], substitute),
  }
}

function dependencies(given: Dependencies, owner: string, path: Path, substitute: Substitute): Dependencies {
  const list = (entries: readonly string[], name: string) =>
    entries.map((entry, index) => substitute(entry, `${owner}: dependencies.${name}[${index}]`, [...path, name, index]))
  const priority = (text: string, property: string, key: string) =>
    substitute(text, `${owner}: dependencies.${key}`, [...path, property])
  return {
    provides: list(given.provides, 'provides'),
    runtime: list(given.runtime, 'runtime'),
    replaces: list(given.replaces, 'replaces'),
    providerPriority: priority(given.providerPriority, 'providerPriority', 'provider-priority'),
    replacesPriority: priority(given.replacesPriority, 'replacesPriority', 'replaces-priority'),
  }
}

function packages(config: ImageConfig, owner: string, path: Path, substitute: Substitute): ImageConfig {
  const list = config.contents.packages.map((entry, index) => {
    return substitute(entry, `${owner}: contents.packages[${index}]`, [...path, 'contents', 'packages', index])
  })
  return { ...config, contents: { ...config.contents, packages: list } }
}

function withPackages(test: RecipeTest, owner: string, path: Path, substitute: Substitute): RecipeTest {
  return {
    ...test,
    environment: packages(test.environment, `${owner}: test.environment`, [...path, 'environment'], substitute),
  }
}
