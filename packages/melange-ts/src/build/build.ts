import { dirname, join } from 'node:path'

import { isValidVersion } from '@apkts/apk'
import { type Log, silentLog } from '@apkts/diagnostics'
import { checkEmulation } from '@apkts/sandbox'
import type { GuestPlan } from 'apko-ts'
import { hostSources } from '../closed/host-sources.ts'
import { reachesNetwork } from '../closed/network.ts'
import type { CompiledRecipe, CompiledStep } from '../compile/types.ts'
import type { EmittedPackage } from '../emit/index.ts'
import { checkLinterNames } from '../lint/index.ts'
import { loadRecipe } from '../recipe/load.ts'
import { parseRecipe } from '../recipe/parse.ts'
import type { Recipe } from '../recipe/types.ts'
import { withAskingSteps } from './asked-by.ts'
import { newBuildDirectory, releaseBuild } from './build-records.ts'
import { checkLicenses } from './check-licenses.ts'
import { compileAgain } from './compile-again.ts'
import { compilerFiles } from './compiler-files.ts'
import { causeOfEnd, type Deadline, startDeadline } from './deadline.ts'
import { withDefects, withLateOptions } from './defects.ts'
import { emitOutputs } from './emit-outputs.ts'
import { BuildError } from './error.ts'
import { guestRoot, planEnvironment } from './guest.ts'
import { lintOutputs } from './lint-outputs.ts'
import type { BuildOptions } from './options.ts'
import { checkOutDir } from './out-dir.ts'
import { checkOutputs } from './output-directory.ts'
import { type BuiltPackage, outputPackages } from './package-plan.ts'
import { cpeText, fullVersion } from './package-sbom.ts'
import { runSteps } from './run-steps.ts'
import { openScratch, type Scratch, temporaryScratch } from './scratch.ts'
import { startGuest } from './session.ts'
import { planSteps, snapshotStore } from './snapshots.ts'
import type { StepContext } from './steps.ts'
import { cacheDirectories } from './stores.ts'
import { loadOutputs } from './trees.ts'
import { populateWorkspace } from './workspace.ts'

/** What a build has written. */
export interface BuildResult {
  readonly packages: readonly EmittedPackage[]
}

/**
 * Builds the packages of a recipe for one architecture: compiles it, makes the environment, runs the steps in it, analyses
 * what they left, writes and signs packages, updates the index. However it ends, no process and nothing half-written stays.
 * @throws DiagnosticError of the part that failed; `BuildError` for a failing step.
 */
export async function buildForArch(options: BuildOptions): Promise<BuildResult> {
  const started = new Date()
  const { tracer } = options
  const recipe = await tracer.span('loadRecipe', () => readRecipe(options))
  checkVersion(recipe)
  checkLinterNames([...options.lintRequire, ...options.lintWarn])
  const deadline = startDeadline(options.signal, recipe.package.timeout)
  try {
    // A record repeats the definitions of its pipelines, which is worth no word.
    const log = options.record === undefined ? options.log : silentLog
    const compiled = await tracer.span('compile', () => compileAgain(recipe, { ...options, log, purpose: 'build' }))
    await checkEmulation(options.arch, { host: process.arch })
    const wanted = options.likeMelange ? withDefects(compiled, recipe) : compiled
    const build = { options, deadline, started }
    const enabled = withoutDisabled(wanted, options.log)
    return await options.tracer.span('BuildPackage', () => buildCompiled(enabled, build))
  } finally {
    deadline.stop()
  }
}

async function readRecipe(options: BuildOptions): Promise<Recipe> {
  const { commit, envFiles, varsFile, buildOptions, overrides, log, likeMelange } = options
  const early = likeMelange ? [] : buildOptions
  const recipe =
    options.record === undefined
      ? await loadRecipe(options.recipe, { commit, envFiles, varsFile, buildOptions: early, overrides, log })
      : parseRecipe(
          { recipe: { file: `the record of ${options.recipe}`, text: options.record } },
          { commit, overrides },
        )
  return likeMelange ? withLateOptions(recipe, buildOptions) : recipe
}

function withoutDisabled(recipe: CompiledRecipe, log: Log): CompiledRecipe {
  for (const { name } of recipe.subpackages.filter(({ enabled }) => !enabled)) {
    log.info(`no package ${name}: its condition is false`)
  }
  return { ...recipe, subpackages: recipe.subpackages.filter(({ enabled }) => enabled) }
}

interface Build {
  readonly options: BuildOptions
  readonly deadline: Deadline
  readonly started: Date
}

async function buildCompiled(recipe: CompiledRecipe, build: Build): Promise<BuildResult> {
  const { options } = build
  await checkOutDir(join(options.outDir, recipe.arch))
  await options.runnerChecked
  const store = snapshotStore(options)
  const name = `${recipe.package.name}-${fullVersion(recipe)}`
  const directory = store === undefined ? await temporaryScratch(options) : await newBuildDirectory(store, name)
  const scratch = await openScratch(options, name, directory)
  try {
    const packages = await buildIn(scratch, recipe, { ...build, store })
    await scratch.close({ failed: false })
    return { packages }
  } catch (error) {
    await scratch.close({ failed: true })
    await releaseBuild(directory)
    throw causeOfEnd(error, build.deadline)
  }
}

async function buildIn(scratch: Scratch, recipe: CompiledRecipe, build: StoredBuild): Promise<EmittedPackage[]> {
  const { options, deadline } = build
  options.log.info(`building ${recipe.package.name}-${fullVersion(recipe)} for ${recipe.arch}`)
  await options.tracer.span('populateWorkspace', () => fillWorkspace(scratch, recipe, options))
  const request = { config: recipe.environment, arch: recipe.arch, locked: true }
  const plan = await options.tracer.span('lockEnvironment', () => {
    return planEnvironment(request, { ...options, signal: deadline.signal }).catch((error: unknown) => {
      throw withAskingSteps(error, allSteps(recipe))
    })
  })
  try {
    return await buildWith(plan, scratch, recipe, build)
  } finally {
    await plan.close()
  }
}

function allSteps({ pipeline, subpackages }: CompiledRecipe): CompiledStep[] {
  return [pipeline, ...subpackages.map((subpackage) => subpackage.pipeline)].flat()
}

interface StoredBuild extends Build {
  /** Where builds are kept to go on from; undefined for nowhere. */
  readonly store: string | undefined
}

async function buildWith(
  plan: GuestPlan,
  scratch: Scratch,
  recipe: CompiledRecipe,
  build: StoredBuild,
): Promise<EmittedPackage[]> {
  const { options, deadline, started } = build
  const { tracer } = options
  const networking = reachesNetwork(recipe.package, 'build', options.network)
  const sources = networking ? undefined : await fetchSources(scratch, recipe, build)
  const date = { SOURCE_DATE_EPOCH: String(options.buildDate.seconds) }
  const environment = { ...date, ...sources?.environment, ...plan.config.environment }
  const { capabilities } = recipe
  const cacheDir = sources?.directory ?? options.cacheDir
  const stepPlan = await planSteps({ ...build, recipe, plan, environment, scratch })
  const root = await tracer.span('buildGuest', () => guestRoot(plan, { scratch, options, signal: deadline.signal }))
  const { layers } = stepPlan
  const { name: packageName, resources } = recipe.package
  const use = { plan, root, packageName, capabilities, environment, cacheDir, networking, resources, layers }
  const context = await tracer.span(`${options.runner.name}.StartPod`, () => startGuest(use, { ...build, scratch }))
  const outputs = outputPackages(recipe)
  await tracer.span('steps', () => runSteps(outputs, stepPlan, context, options))
  // Nothing may run in the guest while its files are read.
  await context.runner.stop(context.pod.guest)
  const { workspace } = context.pod
  await checkOutputs(
    workspace,
    outputs.map(({ name }) => name),
  )
  const trees = await tracer.span('retrieveWorkspace', () => loadTrees(workspace, recipe, outputs, context))
  const loaded = outputs.map((output, at) => ({ output, tree: trees[at]! }))
  await tracer.span('lint', () => lintOutputs(recipe, loaded, options))
  await tracer.span('licenses', () => checkLicenses(workspace, recipe.package.copyright, options.log))
  deadline.check()
  const { ownerNames } = root.facts
  return emitOutputs({ recipe, outputs: loaded, workspace, guest: plan, ownerNames, started }, options)
}

async function fetchSources(scratch: Scratch, recipe: CompiledRecipe, { options, deadline }: Build) {
  const spare = join(scratch.directory, 'sources')
  const { cacheDir, log, env } = options
  return hostSources(recipe, { cacheDir, spare, log, env, signal: deadline.signal })
}

async function fillWorkspace(scratch: Scratch, recipe: CompiledRecipe, options: BuildOptions): Promise<void> {
  if (options.emptyWorkspace) return
  const source = options.sourceDir || dirname(options.recipe)
  if (options.sourceDir === '') {
    options.log.info(
      `${source} is copied into the workspace (choose with --source-dir, or none with --empty-workspace)`,
    )
  }
  const { name, cpe, version } = recipe.package
  await populateWorkspace({
    directory: scratch.workspace,
    source,
    withheld: [
      options.signing?.path,
      options.outDir,
      options.cacheDir,
      options.apkCacheDir,
      options.workspaceDir,
      scratch.directory,
      ...cacheDirectories(options.env),
    ]
      .filter((path) => path !== undefined)
      .filter((path) => path !== ''),
    files: compilerFiles({
      namespace: options.namespace,
      name,
      version: fullVersion(recipe),
      arch: recipe.arch,
      cpe: cpeText(cpe, version),
    }),
    useIgnoreRules: true,
    log: options.log,
  })
}

function loadTrees(workspace: string, recipe: CompiledRecipe, outputs: readonly BuiltPackage[], context: StepContext) {
  const loaded = outputs.map(({ name, subpackage }) => ({ name, setcap: (subpackage ?? recipe.package).setcap }))
  return loadOutputs(workspace, loaded, { caller: mappedCaller(context), log: context.log })
}

// In a user namespace everything that steps make belongs to the caller, whoever they are inside.
function mappedCaller({ pod: { guest } }: StepContext): { uid: number; gid: number } | undefined {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  return guest.user === undefined && uid === 0 ? undefined : { uid, gid }
}

function checkVersion(recipe: Recipe): void {
  const version = `${recipe.package.version}-r${recipe.package.epoch}`
  if (isValidVersion(version)) return
  throw new BuildError('VERSION_INVALID', `${version} is not a version that apk understands`, {
    at: recipe.package.at,
    hint: 'a version is numbers with dots, an optional letter, and suffixes such as _rc1 or _git20260131',
  })
}
