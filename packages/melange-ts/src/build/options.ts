import type { Log } from '@apkts/diagnostics'
import type { Instant } from '@apkts/encoding'
import type { PrivateKey } from '@apkts/keyring'
import type { Runner, Secret } from '@apkts/sandbox'
import type { NetworkPolicy } from '../closed/network.ts'
import type { Resources } from '../recipe/types.ts'
import type { Tracer } from './tracer.ts'

/** What the environments of builds and tests are made from, besides the recipe. */
export interface EnvironmentOptions {
  readonly repositoryAppend: readonly string[]
  readonly keyringAppend: readonly string[]
  readonly packageAppend: readonly string[]
  /** Cache of packages and indexes; empty for the user's own. */
  readonly apkCacheDir: string
  readonly ignoreSignatures: boolean
}

/** What running steps takes, in builds and tests. */
export interface RunOptions {
  readonly runner: Runner
  /** Settles when it is known whether the runner works here; rejects when it does not. */
  readonly runnerChecked: Promise<void>
  /** Who reaches the network. */
  readonly network: NetworkPolicy
  /** Shown to the steps that name them, hidden in logs, and in no package. */
  readonly secrets: readonly Secret[]
  /** Given to steps as `/var/cache/melange` when it is a directory. */
  readonly cacheDir: string
  /** Traces every command of a step. */
  readonly trace: boolean
  /** Opens a shell in the guest when a step fails; needs a terminal. */
  readonly shellOnFailure: boolean
  /** Goes on with the other packages when a step of one fails; the run fails in the end. */
  readonly keepGoing: boolean
  /** Removes workspace and guest after a failure, too. */
  readonly remove: boolean
  /** Parent of the workspace; empty for a temporary one. */
  readonly workspaceDir: string
  readonly log: Log
  readonly tracer: Tracer
  readonly signal: AbortSignal
  /** Environment of the host. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** How a recipe is read. */
export interface RecipeOptions {
  /** Path as given. */
  readonly recipe: string
  /** apk name. */
  readonly arch: string
  readonly pipelineDirs: readonly string[]
  readonly envFiles: readonly string[]
  readonly overrides: Partial<Resources> & { readonly timeout?: bigint }
}

/** A build of one recipe for one architecture. */
export interface BuildOptions extends EnvironmentOptions, RunOptions, RecipeOptions {
  /** Text of a compiled recipe that takes the place of the file. */
  readonly record?: string | undefined
  readonly commit: string
  readonly repositoryUrl: string
  readonly namespace: string
  /** Licence of the recipe itself. */
  readonly license: string
  readonly buildDate: Instant
  readonly buildOptions: readonly string[]
  readonly varsFile: string
  /** C library in `${{host.triplet.*}}`. */
  readonly libc: string
  /** Copied into the workspace; empty for the recipe's directory. */
  readonly sourceDir: string
  readonly emptyWorkspace: boolean
  /** Keeps the state after each step while the build runs, and when it fails; where that costs nothing. */
  readonly snapshots: boolean
  /** Number, label or name of the step to go on from; empty for the first. */
  readonly fromStep: string
  /** Packages go into its subdirectory for the architecture. */
  readonly outDir: string
  readonly signing?: { readonly key: PrivateKey; readonly path: string } | undefined
  readonly generateIndex: boolean
  readonly generateProvenance: boolean
  readonly stripOriginName: boolean
  readonly createBuildLog: boolean
  /** Path without the architecture; empty for none. */
  readonly dependencyLog: string
  readonly lintRequire: readonly string[]
  readonly lintWarn: readonly string[]
  readonly persistLintResults: boolean
  /** Makes the packages that melange makes, its known defects included. */
  readonly likeMelange: boolean
  /** Name and version of this program, such as `melange-ts (1.0.0)`. */
  readonly tool: string
}
