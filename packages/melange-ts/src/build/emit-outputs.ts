import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { recordText } from '@apkts/apk'
import { removeAbandoned } from '@apkts/cache'
import type { OwnerNames } from '@apkts/rootfs'
import type { GuestPlan } from 'apko-ts'
import { checkLeaks } from '../closed/leaks.ts'
import { melangeYaml } from '../compile/document.ts'
import type { CompiledRecipe } from '../compile/types.ts'
import { type EmittedPackage, emitPackage, type Ownership } from '../emit/index.ts'
import { openOwnBodies, updateIndex } from '../index-repo/index.ts'
import { analyse, type Generated, type ScaBuild, versionedLibraries } from '../sca/index.ts'
import type { PackageTree } from '../tree/index.ts'
import { appendBuildLog, writeDependencyLog } from './build-logs.ts'
import { readLicenseFile } from './license-files.ts'
import type { BuildOptions } from './options.ts'
import { type BuiltPackage, buildIds, packagePlan, scaOptions } from './package-plan.ts'
import { extractLicenses, fullVersion, withSbom } from './package-sbom.ts'
import { writeProvenance } from './provenance.ts'
import { packageDirectoryMode } from './umask.ts'

export interface EmitInput {
  readonly recipe: CompiledRecipe
  readonly outputs: readonly { readonly output: BuiltPackage; readonly tree: PackageTree }[]
  readonly workspace: string
  readonly guest: GuestPlan
  /** Names of the guest's users and groups. */
  readonly ownerNames: OwnerNames
  readonly started: Date
}

/** Turns the trees of a build into package files, and adds them to the index of their repository. */
export async function emitOutputs(input: EmitInput, options: BuildOptions): Promise<EmittedPackage[]> {
  const recipe = { ...input.recipe, environment: input.guest.config }
  const outputs = await withSboms(recipe, input, options)
  const text = melangeYaml(recipe, options)
  const directory = join(options.outDir, recipe.arch)
  await removeAbandoned(directory)
  await mkdir(directory, { recursive: true, mode: packageDirectoryMode() })
  const texts = new Map([['.melange.yaml', text]])
  const written = outputs.map(({ output: { name }, tree: { entries } }) => ({ name, entries, texts }))
  await checkLeaks(written, options.secrets)
  const build = scaBuild(recipe, outputs, input.guest, options)
  const emitted: EmittedPackage[] = []
  const found: { name: string; generated: Generated }[] = []
  for (const [at, { output, tree }] of outputs.entries()) {
    const warn = (message: string): void => options.log.warn(message)
    const generated = await options.tracer.span('analyse', () => analyse(build, build.packages[at]!, warn))
    found.push({ name: output.name, generated })
    const ownership = ownershipOf(input)
    const plan = packagePlan({ output, recipe, tree, generated, melangeYaml: text, ownership }, options)
    const result = await options.tracer.span('EmitPackage', () => {
      return emitPackage(plan, { directory, key: options.signing?.key })
    })
    options.log.info(`wrote ${result.file}`)
    if (options.generateProvenance) await writeProvenance(result, recipe, input.started, options)
    emitted.push(result)
  }
  await writeLogs(emitted, found, recipe.arch, options)
  if (options.generateIndex) {
    await options.tracer.span('GenerateIndex', () => addToIndex(directory, emitted, options))
  }
  return emitted
}

async function withSboms(recipe: CompiledRecipe, { outputs, workspace }: EmitInput, options: BuildOptions) {
  const extracted = await extractLicenses(recipe.package.copyright, (path) => readLicenseFile(workspace, path))
  return outputs.map(({ output, tree }) => {
    return { output, tree: withSbom(tree, recipe, options, { subpackage: output.subpackage, extracted }) }
  })
}

function scaBuild(
  recipe: CompiledRecipe,
  outputs: readonly { readonly output: BuiltPackage; readonly tree: PackageTree }[],
  guest: GuestPlan,
  options: BuildOptions,
): ScaBuild {
  const packages = outputs.map(({ output, tree }) => {
    return { name: output.name, tree, options: scaOptions(output.options), runtime: output.dependencies.runtime }
  })
  const version = fullVersion(recipe)
  if (!options.env.MELANGE_VERSIONED_SHLIB_DEPENDS) return { version, packages }
  const versionOf = versionedLibraries({
    records: guest.indexes.flatMap(({ records }) => records),
    installed: new Map(guest.packages.map(({ record }) => [record.name, record.version])),
    built: new Set(packages.map(({ name }) => name)),
    version,
  })
  return { version, packages, versionOf }
}

function ownershipOf({ guest, ownerNames }: EmitInput): Ownership {
  return { ...buildIds(guest.config.accounts), users: ownerNames.users, groups: ownerNames.groups }
}

async function writeLogs(
  emitted: readonly EmittedPackage[],
  found: readonly { name: string; generated: Generated }[],
  arch: string,
  options: BuildOptions,
): Promise<void> {
  if (options.createBuildLog) await appendBuildLog(emitted, options.log)
  if (options.dependencyLog !== '') await writeDependencyLog(`${options.dependencyLog}.${arch}`, found, options)
}

async function addToIndex(directory: string, emitted: readonly EmittedPackage[], options: BuildOptions): Promise<void> {
  const file = join(directory, 'APKINDEX.tar.gz')
  const records = emitted.map(({ record }) => recordText(record))
  const bodies = openOwnBodies(file, options.env)
  await updateIndex({ output: file, source: file, records, key: options.signing?.key, bodies })
  options.log.info(`updated ${file}`)
}
