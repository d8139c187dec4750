import { type ImageConfig, parseArch, toApkArch } from '@apkts/config'
import { type Log, silentLog, throwProblems } from '@apkts/diagnostics'
import { sortedUnique } from '@apkts/encoding'
import { RecipeError } from '../recipe/error.ts'
import type { Recipe, RecipeTest, Subpackage } from '../recipe/types.ts'
import { collecting } from '../recipe/variables.ts'
import { type NormaliseScript, normaliseScript } from '../shell/normal-form.ts'
import { evaluateCondition } from '../substitute/condition.ts'
import { createPipelineLibrary, type PipelineLibrary } from './pipelines.ts'
import { createScope, type Scope } from './scope.ts'
import { compileSteps, gatherNeeds, type StepContext } from './step.ts'
import { substituteCondition } from './substitute-step.ts'
import type { CompiledRecipe, CompiledSubpackage, CompiledTest } from './types.ts'
import { compileVariables, subpackageVariables } from './variables.ts'

/** For what a recipe is compiled, and where its pipelines are. */
export interface CompileOptions {
  /** Any spelling, such as `x86_64` or `amd64`. */
  readonly arch: string
  /** `test` leaves the needs of the build pipelines out of the environment. Default `build`. */
  readonly purpose?: 'build' | 'test'
  /** Folders with pipeline definitions, searched before the system's and the built-in ones. */
  readonly pipelineDirs?: readonly string[]
  /** Names of enabled build options; their vars and packages are applied by `loadRecipe`. */
  readonly buildOptions?: readonly string[]
  /** C library flavour of `host.triplet.*`. Default `gnu`. */
  readonly libc?: string
  /** Put into the main test's environment instead of the package's name, such as `foo=1.2-r0`. */
  readonly testedPackage?: string
  /** Shared by several compilations to read each definition once. */
  readonly library?: PipelineLibrary
  /** Default: the printer, made when the first script needs it. */
  readonly normalise?: NormaliseScript
  /** Told of every variable that a step or condition refers to. */
  readonly onUse?: (name: string) => void
  readonly log?: Log
}

/**
 * Resolves definitions, inputs and variables of a loaded recipe for one architecture, and adds what the steps need to
 * the environments. Throws all problems together (`RecipeError`, `DiagnosticErrors`); a recipe that is not for the
 * architecture is a `RecipeError` SKIPPED_ARCH.
 */
export function compileRecipe(recipe: Recipe, options: CompileOptions): CompiledRecipe {
  const arch = toApkArch(options.arch)
  checkArchitecture(recipe, arch, options)
  const variables = variablesFor(recipe, options)
  const context: StepContext = {
    library: options.library ?? createPipelineLibrary(options.pipelineDirs ?? []),
    normalise: options.normalise ?? normaliseScript,
    problems: [],
  }
  const compiled = compileAll(recipe, arch, variables, options, context)
  throwProblems(context.problems)
  return compiled
}

/** The variables of the main pipeline, by name. Throws like `compileRecipe`. */
export function variablesFor(recipe: Recipe, options: CompileOptions): Map<string, string> {
  return compileVariables(recipe, {
    arch: toApkArch(options.arch),
    libc: options.libc ?? 'gnu',
    buildOptions: options.buildOptions ?? [],
  })
}

function compileAll(
  recipe: Recipe,
  arch: string,
  variables: ReadonlyMap<string, string>,
  options: CompileOptions,
  context: StepContext,
): CompiledRecipe {
  const scope = createScope(variables, undefined, options.onUse)
  const { name } = recipe.package
  const pipeline = compileSteps(recipe.pipeline, scope, `package "${name}"`, context)
  const subpackages = recipe.subpackages.map((subpackage) => compileSubpackage(subpackage, variables, context, options))
  const needs = [pipeline, ...subpackages.map((subpackage) => subpackage.pipeline)].flatMap(gatherNeeds)
  return {
    ...recipe,
    arch,
    pipeline,
    subpackages,
    environment:
      options.purpose === 'test' ? recipe.environment : withPackages(recipe.environment, (own) => [...own, ...needs]),
    test:
      recipe.test && compileTest(recipe.test, options.testedPackage ?? name, scope, `the test of "${name}"`, context),
  }
}

function compileSubpackage(
  subpackage: Subpackage,
  main: ReadonlyMap<string, string>,
  context: StepContext,
  { onUse }: CompileOptions,
): CompiledSubpackage {
  const { name, test } = subpackage
  const owner = `subpackage "${name}"`
  const scope = createScope(subpackageVariables(main, subpackage), undefined, onUse)
  const pipeline = compileSteps(subpackage.pipeline, scope, owner, context)
  const condition = collecting(context.problems, { text: subpackage.if, enabled: false }, () => {
    const text = substituteCondition(subpackage.if, scope, `${owner}: if`, subpackage.at)
    return { text, enabled: evaluateFor(text, owner, subpackage) }
  })
  return {
    ...subpackage,
    if: condition.text,
    enabled: condition.enabled,
    pipeline,
    test: test && compileTest(test, name, scope, `the test of "${name}"`, context),
  }
}

function evaluateFor(condition: string, owner: string, subpackage: Subpackage): boolean {
  try {
    return evaluateCondition(condition)
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error
    throw new RecipeError(error.code, `${owner}: ${error.message}`, { at: subpackage.at, hint: error.hint })
  }
}

function compileTest(
  test: RecipeTest,
  testedPackage: string,
  scope: Scope,
  owner: string,
  context: StepContext,
): CompiledTest {
  const pipeline = compileSteps(test.pipeline, scope, owner, context)
  const needs = gatherNeeds(pipeline)
  return {
    pipeline,
    environment: withPackages(test.environment, (own) => sortedUnique([...own, ...needs, testedPackage])),
  }
}

function withPackages(config: ImageConfig, change: (packages: readonly string[]) => readonly string[]): ImageConfig {
  return { ...config, contents: { ...config.contents, packages: change(config.contents.packages) } }
}

/** Throws SKIPPED_ARCH unless the recipe is for the architecture (apk name). */
function checkArchitecture(recipe: Recipe, arch: string, options: CompileOptions): void {
  const log = options.log ?? silentLog
  const { targetArchitecture, name, at } = recipe.package
  if (targetArchitecture.length === 0) return
  const isAll = targetArchitecture.length === 1 && targetArchitecture[0] === 'all'
  if (isAll) {
    log.warn(`target-architecture: [all] is not needed: it is the default`, { package: name })
    return
  }
  const matches =
    options.purpose === 'test'
      ? targetArchitecture.some((target) => parseArch(target) === parseArch(arch))
      : targetArchitecture.includes(arch)
  if (matches) return
  const wanted = targetArchitecture.join(', ')
  throw new RecipeError('SKIPPED_ARCH', `skip this arch: "${name}" is for ${wanted}, not for ${arch}`, { at })
}
