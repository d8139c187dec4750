import type { ImageConfig } from '@apkts/config'
import type { Location } from '@apkts/diagnostics'

export type StringMap = Readonly<Record<string, string>>

/** A recipe after load: ranges expanded, load-time variables replaced, defaults filled in. */
export interface Recipe {
  /** File the recipe was read from. */
  readonly file: string
  readonly package: RecipePackage
  readonly environment: ImageConfig
  readonly capabilities: Capabilities
  readonly pipeline: readonly Step[]
  readonly subpackages: readonly Subpackage[]
  readonly update: Update
  /** Raw values: variables in them are resolved by compile. */
  readonly vars: StringMap
  /** Where they are written. */
  readonly varsAt?: Location | undefined
  readonly varTransforms: readonly VarTransform[]
  readonly options: Readonly<Record<string, BuildOption>>
  readonly test?: RecipeTest | undefined
}

/** `package` of a recipe. */
export interface RecipePackage {
  readonly name: string
  readonly version: string
  readonly epoch: bigint
  readonly description: string
  readonly annotations: StringMap
  readonly url: string
  readonly commit: string
  readonly targetArchitecture: readonly string[]
  readonly copyright: readonly Copyright[]
  readonly dependencies: Dependencies
  readonly options?: PackageOptions | undefined
  readonly scriptlets?: Scriptlets | undefined
  readonly checks: Checks
  readonly cpe: Cpe
  readonly setcap: readonly SetCap[]
  /** Nanoseconds; 0 when there is no limit. */
  readonly timeout: bigint
  readonly resources: Resources
  readonly testResources?: Resources | undefined
  readonly at?: Location | undefined
  readonly nameAt?: Location | undefined
}

export interface Copyright {
  readonly paths: readonly string[]
  readonly attestation: string
  readonly license: string
  readonly licensePath: string
  readonly detectionOverride: string
}

export interface Dependencies {
  readonly runtime: readonly string[]
  readonly provides: readonly string[]
  readonly replaces: readonly string[]
  /** Decimal text or empty. */
  readonly providerPriority: string
  readonly replacesPriority: string
}

export interface PackageOptions {
  readonly noProvides: boolean
  readonly noDepends: boolean
  readonly noCommands: boolean
  readonly noVersionedShlibDeps: boolean
}

export interface Scriptlets {
  readonly trigger: { readonly script: string; readonly paths: readonly string[] }
  readonly preInstall: string
  readonly postInstall: string
  readonly preDeinstall: string
  readonly postDeinstall: string
  readonly preUpgrade: string
  readonly postUpgrade: string
}

export interface Checks {
  /** Linters that only warn. */
  readonly disabled: readonly string[]
}

export interface Cpe {
  readonly part: string
  readonly vendor: string
  readonly product: string
  readonly edition: string
  readonly language: string
  readonly swEdition: string
  readonly targetSw: string
  readonly targetHw: string
  readonly other: string
}

export interface SetCap {
  readonly path: string
  /** Comma-separated capability names → flags such as `+ep`. */
  readonly add: StringMap
  readonly reason: string
}

export interface Resources {
  readonly cpu: string
  readonly cpuModel: string
  readonly memory: string
  readonly disk: string
}

export interface Capabilities {
  readonly add: readonly string[]
  readonly drop: readonly string[]
}

export interface StepInput {
  readonly description: string
  readonly default: string
  readonly required: boolean
  readonly at?: Location | undefined
}

/** A step of a pipeline as written. */
export interface Step {
  readonly if: string
  readonly name: string
  readonly uses: string
  readonly with: StringMap
  readonly runs: string
  readonly pipeline: readonly Step[]
  readonly inputs: Readonly<Record<string, StepInput>>
  readonly needs?: { readonly packages: readonly string[] } | undefined
  readonly label: string
  readonly assertions?: { readonly requiredSteps: number } | undefined
  readonly workingDirectory: string
  readonly environment: StringMap
  /** Where the step is written. */
  readonly at?: Location | undefined
  /** Where the text of `runs` begins. */
  readonly runsAt?: Location | undefined
  /** Where the values of `with` are written. */
  readonly withAt?: Readonly<Record<string, Location>> | undefined
}

export interface RecipeTest {
  readonly environment: ImageConfig
  readonly pipeline: readonly Step[]
}

/** A subpackage as written, its range expanded. */
export interface Subpackage {
  readonly if: string
  readonly name: string
  readonly pipeline: readonly Step[]
  readonly dependencies: Dependencies
  readonly options?: PackageOptions | undefined
  readonly scriptlets?: Scriptlets | undefined
  readonly description: string
  readonly annotations: StringMap
  readonly url: string
  readonly commit: string
  readonly checks: Checks
  readonly test?: RecipeTest | undefined
  readonly setcap: readonly SetCap[]
  /** Which entry of the recipe's list it comes from; several come from one with a range. */
  readonly written?: number | undefined
  readonly at?: Location | undefined
}

export interface VarTransform {
  readonly from: string
  readonly match: string
  readonly replace: string
  readonly to: string
  readonly at?: Location | undefined
}

export interface BuildOption {
  readonly vars: StringMap
  readonly environment: {
    readonly contents: { readonly packages: { readonly add: readonly string[]; readonly remove: readonly string[] } }
  }
}

/** How new versions of the source are found; carried for external updaters. */
export interface Update {
  readonly enabled: boolean
  readonly manual: boolean
  readonly requireSequential: boolean
  readonly shared: boolean
  readonly versionSeparator: string
  readonly ignoreRegexPatterns: readonly string[]
  readonly releaseMonitor?: ReleaseMonitor | undefined
  readonly github?: GitHubMonitor | undefined
  readonly git?: TagMonitor | undefined
  readonly oci?: OciMonitor | undefined
  readonly versionData?: VersionData | undefined
  readonly versionTransform: readonly { readonly match: string; readonly replace: string }[]
  readonly excludeReason: string
  readonly schedule?: { readonly reason: string; readonly period: string } | undefined
  readonly enablePrereleaseTags: boolean
}

export interface ReleaseMonitor {
  readonly identifier: number
  readonly stripPrefix: string
  readonly stripSuffix: string
  readonly versionFilterContains: string
  readonly versionFilterPrefix: string
}

export interface TagMonitor {
  readonly stripPrefix: string
  readonly stripSuffix: string
  readonly tagFilterPrefix: string
  readonly tagFilterContains: string
}

export interface GitHubMonitor extends TagMonitor {
  readonly identifier: string
  readonly tagFilter: string
  readonly useTag: boolean
}

export interface OciMonitor extends TagMonitor {
  readonly identifier: string
}

export interface VersionData {
  readonly versionFormat: string
  readonly sources: readonly {
    readonly name: string
    readonly stream: string
    readonly ignore: readonly string[]
    readonly commitSource: string
    readonly useRelease: boolean
  }[]
}
