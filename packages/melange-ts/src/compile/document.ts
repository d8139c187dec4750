import { emitYaml, imageConfigDocument, imageConfigJson } from '@apkts/config'
import { formatGoDuration, goJson, type JsonValue } from '@apkts/encoding'
import { mapValues } from '../recipe/records.ts'
import type { BuildOption, RecipePackage, VarTransform } from '../recipe/types.ts'
import {
  capabilities,
  checks,
  copyright,
  cpe,
  dependencies,
  packageOptions,
  resources,
  scriptlets,
  setcap,
} from './document-package.ts'
import { step } from './document-step.ts'
import { update } from './document-update.ts'
import { type Form, list, map, section, text } from './form.ts'
import type { CompiledRecipe, CompiledSubpackage, CompiledTest } from './types.ts'

/** The compiled recipe as `melange compile` prints it, without the final newline. */
export function compiledJsonText(recipe: CompiledRecipe): string {
  return goJson(compiledJson(recipe))
}

/** The compiled recipe as a JSON value: keys in the order of the schema. */
export function compiledJson(recipe: CompiledRecipe): JsonValue {
  return recipeDocument(recipe, 'json')
}

/** The text of `.melange.yaml`; like melange's, defects included, if so asked. Throws `ImageConfigError` for repositories that are no URLs. */
export function melangeYaml(recipe: CompiledRecipe, options: { readonly likeMelange?: boolean } = {}): string {
  return emitYaml(recipeDocument(recipe, 'yaml'), { indent: 2, losesBreak: options.likeMelange ?? false })
}

function recipeDocument(recipe: CompiledRecipe, form: Form): JsonValue {
  return {
    package: packageDocument(recipe.package, form),
    environment: environment(recipe.environment, form),
    capabilities: capabilities(recipe.capabilities, form),
    pipeline: list(recipe.pipeline.map((entry) => step(entry, form, 0))),
    subpackages: list(recipe.subpackages.map((entry) => subpackage(entry, form))),
    update: update(recipe.update, form),
    vars: map(recipe.vars),
    'var-transforms': list(recipe.varTransforms.map(transform)),
    options: options(recipe.options, form),
    test: recipe.test && test(recipe.test, form),
  }
}

function packageDocument(pkg: RecipePackage, form: Form): JsonValue {
  return {
    name: pkg.name,
    version: pkg.version,
    epoch: pkg.epoch,
    description: text(pkg.description),
    annotations: map(pkg.annotations),
    url: text(pkg.url),
    commit: text(pkg.commit),
    'target-architecture': list(pkg.targetArchitecture),
    copyright: list(pkg.copyright.map(copyright)),
    dependencies: dependencies(pkg.dependencies, form),
    options: packageOptions(pkg.options),
    scriptlets: scriptlets(pkg.scriptlets, form),
    checks: checks(pkg.checks, form),
    cpe: cpe(pkg.cpe, form),
    setcap: list(pkg.setcap.map(setcap)),
    timeout: pkg.timeout === 0n ? undefined : form === 'json' ? pkg.timeout : formatGoDuration(pkg.timeout),
    resources: resources(pkg.resources),
    'test-resources': pkg.testResources && resources(pkg.testResources),
  }
}

function subpackage(given: CompiledSubpackage, form: Form): JsonValue {
  return {
    if: text(given.if),
    name: given.name,
    pipeline: list(given.pipeline.map((entry) => step(entry, form, 0))),
    dependencies: dependencies(given.dependencies, form),
    options: packageOptions(given.options),
    scriptlets: scriptlets(given.scriptlets, form),
    description: text(given.description),
    annotations: map(given.annotations),
    url: text(given.url),
    commit: text(given.commit),
    checks: checks(given.checks, form),
    test: given.test && test(given.test, form),
    setcap: list(given.setcap.map(setcap)),
  }
}

function environment(config: CompiledRecipe['environment'], form: Form): JsonValue | undefined {
  return form === 'json' ? imageConfigJson(config) : section(imageConfigDocument(config), form)
}

function test(given: CompiledTest, form: Form): JsonValue {
  const pipeline = given.pipeline.map((entry) => step(entry, form, 0))
  return {
    environment: environment(given.environment, form),
    pipeline: pipeline.length === 0 && form === 'json' ? null : pipeline,
  }
}

function transform({ from, match, replace, to }: VarTransform): JsonValue {
  return { from, match, replace, to }
}

// melange forgot the JSON names of this section: they are the names of its Go fields, and nothing is left out.
function options(given: CompiledRecipe['options'], form: Form): JsonValue | undefined {
  if (Object.keys(given).length === 0) return undefined
  return new Map(Object.entries(mapValues(given, form === 'json' ? optionJson : optionYaml)))
}

function optionJson({ vars, environment: { contents } }: BuildOption): JsonValue {
  const { add, remove } = contents.packages
  return {
    Vars: map(vars) ?? null,
    Environment: { Contents: { Packages: { Add: list(add) ?? null, Remove: list(remove) ?? null } } },
  }
}

function optionYaml({ vars, environment: { contents } }: BuildOption): JsonValue {
  const { add, remove } = contents.packages
  const packages = section({ add: list(add), remove: list(remove) }, 'yaml')
  return { vars: map(vars), environment: packages && { contents: { packages } } }
}
