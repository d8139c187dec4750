import { type DiagnosticError, throwProblems } from '@apkts/diagnostics'
import { checkEmulation } from '@apkts/sandbox'
import { reachesNetwork } from '../closed/network.ts'
import type { CompiledRecipe, CompiledTest } from '../compile/types.ts'
import { loadRecipe } from '../recipe/load.ts'
import { withTestedPackage } from './asked-by.ts'
import { compileAgain } from './compile-again.ts'
import { causeOfEnd, type Deadline, startDeadline } from './deadline.ts'
import { guestRoot, planEnvironment } from './guest.ts'
import type { EnvironmentOptions, RecipeOptions, RunOptions } from './options.ts'
import { isStepFailure } from './run-steps.ts'
import { openScratch, type Scratch, temporaryScratch } from './scratch.ts'
import { startGuest } from './session.ts'
import { runPipeline } from './steps.ts'
import { cacheDirectories } from './stores.ts'
import { populateWorkspace } from './workspace.ts'

/** Tests of one recipe for one architecture. */
export interface TestOptions extends EnvironmentOptions, RunOptions, RecipeOptions {
  /** Installed for the main test instead of the recipe's package, such as `foo=1.2-r0`; empty for the package. */
  readonly testedPackage: string
  /** Copied into the workspace; empty for nothing. */
  readonly sourceDir: string
}

/** What a test has run. */
export interface TestResult {
  /** Packages whose tests ran, in order. */
  readonly tested: readonly string[]
}

interface PackageTest {
  readonly name: string
  readonly test: CompiledTest
}

/**
 * Runs the tests of a recipe's packages, each in an environment of its own with the package installed.
 * @throws BuildError for a failing step.
 */
export async function testForArch(options: TestOptions): Promise<TestResult> {
  const { envFiles, overrides, log } = options
  const recipe = await loadRecipe(options.recipe, { envFiles, overrides, log })
  const { testedPackage, ...rest } = options
  const compiled = await compileAgain(recipe, {
    ...rest,
    purpose: 'test',
    ...(testedPackage === '' ? {} : { testedPackage }),
  })
  const tests = packageTests(compiled)
  if (tests.length === 0) {
    log.warn(`${recipe.package.name} has no tests`)
    return { tested: [] }
  }
  await checkEmulation(options.arch, { host: process.arch })
  const deadline = startDeadline(options.signal, recipe.package.timeout)
  try {
    await runTests(tests, compiled, { options, deadline })
    return { tested: tests.map(({ name }) => name) }
  } finally {
    deadline.stop()
  }
}

function packageTests({ package: { name }, test, subpackages }: CompiledRecipe): PackageTest[] {
  const others = subpackages.filter(({ enabled }) => enabled)
  return [{ name, test }, ...others].flatMap((candidate) =>
    candidate.test === undefined || candidate.test.pipeline.length === 0
      ? []
      : [{ name: candidate.name, test: candidate.test }],
  )
}

interface TestRun {
  readonly options: TestOptions
  readonly deadline: Deadline
}

async function runTests(tests: readonly PackageTest[], recipe: CompiledRecipe, run: TestRun): Promise<void> {
  const name = `${recipe.package.name}-${recipe.package.version}-r${recipe.package.epoch}-test`
  await run.options.runnerChecked
  const scratch = await openScratch(run.options, name, await temporaryScratch(run.options))
  try {
    await copySources(scratch, run.options)
    await runEach(tests, recipe, { ...run, scratch })
    await scratch.close({ failed: false })
  } catch (error) {
    await scratch.close({ failed: true })
    throw causeOfEnd(error, run.deadline)
  }
}

async function runEach(
  tests: readonly PackageTest[],
  recipe: CompiledRecipe,
  run: TestRun & { readonly scratch: Scratch },
): Promise<void> {
  const failures: DiagnosticError[] = []
  for (const test of tests) {
    try {
      await runTest(test, recipe, run)
    } catch (error) {
      if (!run.options.keepGoing || !isStepFailure(error)) throw error
      run.options.log.error(`${error.message}; going on with the other tests`)
      failures.push(error)
    }
  }
  throwProblems(failures)
}

async function copySources(
  { workspace, directory }: Scratch,
  { sourceDir, cacheDir, workspaceDir, env, log }: TestOptions,
): Promise<void> {
  if (sourceDir === '') return
  await populateWorkspace({
    directory: workspace,
    source: sourceDir,
    withheld: [cacheDir, workspaceDir, directory, ...cacheDirectories(env)].filter((path) => path !== ''),
    files: new Map(),
    useIgnoreRules: false,
    log,
  })
}

async function runTest(
  { name, test }: PackageTest,
  recipe: CompiledRecipe,
  { options, deadline, scratch }: TestRun & { readonly scratch: Scratch },
): Promise<void> {
  options.log.info(`testing ${name}`)
  const request = { config: test.environment, arch: recipe.arch, locked: false }
  const plan = await planEnvironment(request, { ...options, signal: deadline.signal }).catch((error: unknown) => {
    throw withTestedPackage(error, test.pipeline, recipe)
  })
  const environment = { HOME: '/root', ...recipe.environment.environment, ...test.environment.environment }
  try {
    const root = await guestRoot(plan, { scratch, options, signal: deadline.signal })
    const { capabilities } = recipe
    const networking = reachesNetwork(recipe.package, 'test', options.network)
    const { resources } = recipe.package
    const { cacheDir } = options
    const use = { plan, root, packageName: name, capabilities, environment, cacheDir, networking, resources }
    await runPipeline(test.pipeline, await startGuest(use, { scratch, deadline, options }))
  } finally {
    await plan.close()
  }
  options.log.info(`tests of ${name} passed`)
}
