import type { PackageScripts } from '@apkts/apk'
import type { ImageConfig } from '@apkts/config'
import type { CompiledRecipe, CompiledSubpackage } from '../compile/types.ts'
import { mergeRelations, type Ownership, type PackagePlan } from '../emit/index.ts'
import type { Dependencies, PackageOptions, Recipe, Scriptlets, Subpackage } from '../recipe/types.ts'
import type { Generated, ScaOptions } from '../sca/index.ts'
import { NO_SCA_OPTIONS } from '../sca/index.ts'
import type { PackageTree } from '../tree/index.ts'
import type { BuildOptions } from './options.ts'
import { fullVersion } from './package-sbom.ts'

/** What main packages and subpackages have in common. */
export interface OutputPackage<S = Subpackage> {
  readonly name: string
  readonly description: string
  readonly url: string
  readonly commit: string
  readonly dependencies: Dependencies
  readonly scriptlets: Scriptlets | undefined
  readonly options: PackageOptions | undefined
  /** Absent for the main package. */
  readonly subpackage?: S | undefined
}

/** A package of a compiled recipe. */
export type BuiltPackage = OutputPackage<CompiledSubpackage>

type OutputFields = Omit<OutputPackage, 'subpackage' | 'scriptlets' | 'options'> & {
  readonly scriptlets?: Scriptlets | undefined
  readonly options?: PackageOptions | undefined
}

/** A recipe, compiled or not. */
interface Outputs<S> {
  readonly package: OutputFields
  readonly subpackages: readonly S[]
}

/** The packages of a recipe: the main one, then the subpackages. */
export function outputPackages<S extends OutputFields>(recipe: Outputs<S>): OutputPackage<S>[] {
  const { name, description, url, commit, dependencies, scriptlets, options } = recipe.package
  const main: OutputPackage<S> = { name, description, url, commit, dependencies, scriptlets, options }
  const others = recipe.subpackages.map((subpackage): OutputPackage<S> => {
    const { name, description, url, commit, dependencies, scriptlets, options } = subpackage
    return { name, description, url, commit, dependencies, scriptlets, options, subpackage }
  })
  return [main, ...others]
}

export function scaOptions(options: PackageOptions | undefined): ScaOptions {
  return options ?? NO_SCA_OPTIONS
}

/** What of a build's surroundings the metadata of its packages repeats. */
export interface InfoOptions {
  readonly arch: string
  /** For packages whose recipe names none. */
  readonly commit: string
  readonly namespace: string
  readonly stripOriginName: boolean
}

/** Metadata of a package, but for what only its data section tells. */
export function packageInfo(
  output: OutputFields,
  recipe: Pick<Recipe, 'package'>,
  generated: Generated,
  options: InfoOptions,
): PackagePlan['info'] {
  const { runtime, provides, vendored } = mergeRelations(output.dependencies, generated)
  const { replaces, providerPriority, replacesPriority } = output.dependencies
  return {
    name: output.name,
    version: fullVersion(recipe),
    arch: options.arch,
    origin: options.stripOriginName ? output.name : recipe.package.name,
    description: output.description,
    url: output.url,
    commit: output.commit || options.commit,
    namespace: options.namespace,
    licenses: recipe.package.copyright.map(({ license }) => license),
    dependencies: runtime,
    provides,
    replaces,
    vendored,
    providerPriority,
    replacesPriority,
    triggers: output.scriptlets?.trigger.paths ?? [],
  }
}

export interface PlanInput {
  readonly output: OutputFields
  readonly recipe: CompiledRecipe
  readonly tree: PackageTree
  readonly generated: Generated
  readonly melangeYaml: string
  readonly ownership: Ownership
}

/** Everything that a package file is made from. */
export function packagePlan(input: PlanInput, options: BuildOptions): PackagePlan {
  const { output, recipe, tree, generated, melangeYaml, ownership } = input
  return {
    info: packageInfo(output, recipe, generated, { ...options, arch: recipe.arch }),
    scripts: packageScripts(output.scriptlets),
    melangeYaml,
    tree,
    ownership,
    buildDate: options.buildDate,
  }
}

function packageScripts(scriptlets: Scriptlets | undefined): PackageScripts {
  if (scriptlets === undefined) return {}
  return {
    'pre-install': scriptlets.preInstall,
    'post-install': scriptlets.postInstall,
    'pre-deinstall': scriptlets.preDeinstall,
    'post-deinstall': scriptlets.postDeinstall,
    'pre-upgrade': scriptlets.preUpgrade,
    'post-upgrade': scriptlets.postUpgrade,
    trigger: scriptlets.trigger.script,
  }
}

/** Ids of the account that builds; 0 where there is none, which changes nothing. */
export function buildIds({ users, groups }: ImageConfig['accounts']): { buildUid: number; buildGid: number } {
  return {
    buildUid: users.find(({ userName }) => userName === 'build')?.uid ?? 0,
    buildGid: groups.find(({ groupName }) => groupName === 'build')?.gid ?? 0,
  }
}
