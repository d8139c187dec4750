import { type Log, silentLog } from '@apkts/diagnostics'
import { type CommandContext, type CommandSpec, type OptionValues, parseOptions } from '@apkts/diagnostics/cli'
import type { RunnerName } from '@apkts/sandbox'
import {
  type BuildResult,
  buildForArch,
  chosenArchs,
  createTracer,
  type TestResult,
  testForArch,
} from './build/index.ts'
import { VERSION } from './cli/about.ts'
import { buildCommand } from './cli/build.ts'
import { buildValues } from './cli/run-build.ts'
import { testValues } from './cli/run-test.ts'
import { testCommand } from './cli/test.ts'

/** What steps run in and where their environment comes from; what is absent is as on the command line. */
export interface StepOptions {
  /** Path of a recipe. */
  readonly recipe: string
  /** apk or OCI name; default: that of this machine. */
  readonly arch?: string
  /** Repositories of the environment beside those of the recipe: directories or URLs. */
  readonly repositories?: readonly string[]
  /** Public keys of those: files or URLs. */
  readonly keyring?: readonly string[]
  /** Further packages for the environment. */
  readonly packages?: readonly string[]
  /** Directories with pipelines, searched before the built-in ones. */
  readonly pipelineDirs?: readonly string[]
  /** Directory copied into the workspace. */
  readonly sourceDir?: string
  /** Directory that steps find at `/var/cache/melange`. */
  readonly cacheDir?: string
  /** Cache of packages and indexes. */
  readonly apkCacheDir?: string
  /** Default: bubblewrap. */
  readonly runner?: RunnerName
  /** As `--network`. */
  readonly network?: readonly string[]
  /** Default: silent. */
  readonly log?: Log
  /** Ends steps and leaves nothing behind. */
  readonly signal?: AbortSignal
  /** Where `PATH`, `SOURCE_DATE_EPOCH`, the user's cache, proxies and credentials come from; default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** What `buildPackage` is told; only `recipe` has no default. */
export interface BuildPackageOptions extends StepOptions {
  /** Packages and index go into its directory for the architecture; default: `packages`. */
  readonly outDir?: string
  /** Path of the private key that signs packages and index. */
  readonly signingKey?: string
  /** RFC 3339; `SOURCE_DATE_EPOCH` in `env` wins. Default: 1970. */
  readonly buildDate?: string
  /** Options of the recipe to enable. */
  readonly buildOptions?: readonly string[]
  /** Path of a file with variables. */
  readonly varsFile?: string
  /** Namespace of the packages' names in SBOMs. */
  readonly namespace?: string
  /** Commit and repository of the recipe, recorded in packages; the commit is asked of git when absent. */
  readonly commit?: string
  readonly repositoryUrl?: string
}

/** What `testPackage` is told; only `recipe` has no default. */
export interface TestPackageOptions extends StepOptions {
  /** Installed instead of the recipe's package, such as `hello=1.0-r0`. */
  readonly testedPackage?: string
}

/** The flag that each option stands for: all defaults are those of the command line. */
const FLAGS = {
  repositories: 'repository-append',
  keyring: 'keyring-append',
  pipelineDirs: 'pipeline-dirs',
  sourceDir: 'source-dir',
  cacheDir: 'cache-dir',
  apkCacheDir: 'apk-cache-dir',
  runner: 'runner',
  network: 'network',
  outDir: 'out-dir',
  signingKey: 'signing-key',
  buildDate: 'build-date',
  buildOptions: 'build-option',
  varsFile: 'vars-file',
  namespace: 'namespace',
  commit: 'git-commit',
  repositoryUrl: 'git-repo-url',
} as const satisfies Partial<Record<keyof BuildPackageOptions, string>>

/**
 * Builds the packages of a recipe for one architecture, as `melange-ts build` does: runs its steps in a sandbox, writes signed
 * packages and their index, whole or not at all. Sets the umask of the process to 022, which what is packaged depends on.
 * @throws DiagnosticError with a stable code, a place where there is one, and a hint
 */
export async function buildPackage(options: BuildPackageOptions): Promise<BuildResult> {
  const context = contextOf(buildCommand, [options.recipe], { 'package-append': options.packages }, options)
  const tracer = createTracer({ file: '', log: context.log })
  return buildForArch({ ...(await buildValues(context, tracer)), arch: archOf(options) })
}

/**
 * Runs the tests of a recipe's packages for one architecture, as `melange-ts test` does, each in an environment of its own with
 * the package installed from the given repositories.
 * @throws DiagnosticError with a stable code; `BuildError` `STEP_FAILED` for a test that fails
 */
export async function testPackage(options: TestPackageOptions): Promise<TestResult> {
  const { recipe, testedPackage, packages } = options
  const args = testedPackage === undefined ? [recipe] : [recipe, testedPackage]
  const context = contextOf(testCommand, args, { 'test-package-append': packages }, options)
  return testForArch({ ...(await testValues(context)), arch: archOf(options) })
}

function archOf({ arch = 'host' }: StepOptions): string {
  return chosenArchs([arch])[0]!
}

type FlagValue = string | readonly string[] | undefined

function contextOf(
  command: CommandSpec,
  args: readonly string[],
  flags: Readonly<Record<string, FlagValue>>,
  given: BuildPackageOptions,
): CommandContext {
  const { log = silentLog, signal = new AbortController().signal, env = process.env } = given
  const named = Object.entries(FLAGS).map(([key, flag]) => [flag, given[key as keyof typeof FLAGS]] as const)
  const values = new Map<string, FlagValue>([...named, ...Object.entries(flags)])
  const options = withValues(parseOptions([], command.options).options, values)
  return { args, options, log, signal, env, version: VERSION, debug: false, print: () => {} }
}

/** The defaults of a command with some values in their place. */
function withValues(defaults: OptionValues, values: ReadonlyMap<string, FlagValue>): OptionValues {
  return {
    ...defaults,
    string: (name) => (values.get(name) as string | undefined) ?? defaults.string(name),
    list: (name) => (values.get(name) as readonly string[] | undefined) ?? defaults.list(name),
    given: (name) => values.get(name) !== undefined,
  }
}
