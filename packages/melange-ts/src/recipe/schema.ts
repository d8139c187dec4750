import { type ImageConfig, type Infer, imageConfigType, type Type, y } from '@apkts/config'
import type { Location } from '@apkts/diagnostics'
import { updateType } from './schema-update.ts'
import type { RecipePackage, Resources, Step, StringMap, Subpackage } from './types.ts'

const strings = y.listOf(y.string)
const stringMap = y.mapOf(y.string)

const dependencies = y.struct('dependencies', {
  runtime: y.described('packages needed when this one is used', strings),
  provides: y.described('further names this package answers to', strings),
  replaces: y.described('packages whose files this one may overwrite', strings),
  providerPriority: y.key('provider-priority', y.string, 'decimal; higher wins among providers of a name'),
  replacesPriority: y.key('replaces-priority', y.string, 'decimal; higher wins among packages replacing each other'),
})

const packageOptions = y.struct('package options', {
  noProvides: y.key('no-provides', y.bool, 'generate no provides entries'),
  noDepends: y.key('no-depends', y.bool, 'generate no dependencies'),
  noCommands: y.key('no-commands', y.bool, 'generate no cmd: entries'),
  noVersionedShlibDeps: y.key('no-versioned-shlib-deps', y.bool, 'do not tie library dependencies to versions'),
})

const scriptlets = y.struct('scriptlets', {
  trigger: y.struct('scriptlets.trigger', { script: y.string, paths: strings }),
  preInstall: y.key('pre-install', y.string),
  postInstall: y.key('post-install', y.string),
  preDeinstall: y.key('pre-deinstall', y.string),
  postDeinstall: y.key('post-deinstall', y.string),
  preUpgrade: y.key('pre-upgrade', y.string),
  postUpgrade: y.key('post-upgrade', y.string),
})

const checks = y.struct('checks', { disabled: y.described('linters that only warn', strings) })

const setcap = y.struct('a setcap entry', { path: y.string, add: stringMap, reason: y.string })

const cpe = y.struct('cpe', {
  part: y.string,
  vendor: y.string,
  product: y.string,
  edition: y.string,
  language: y.string,
  swEdition: y.key('sw_edition', y.string),
  targetSw: y.key('target_sw', y.string),
  targetHw: y.key('target_hw', y.string),
  other: y.string,
})

const resources: Type<Resources> = y.struct('resources', {
  cpu: y.string,
  cpuModel: y.key('cpumodel', y.string),
  memory: y.string,
  disk: y.string,
})

const copyright = y.struct('a copyright entry', {
  paths: strings,
  attestation: y.string,
  license: y.described('SPDX expression', y.string),
  licensePath: y.key('license-path', y.string),
  detectionOverride: y.key('detection-override', y.string),
})

const packageType: Type<RecipePackage> = y.struct('package', {
  name: y.string,
  version: y.string,
  epoch: y.described('increased when the same version is built again', y.uint64),
  description: y.string,
  annotations: stringMap,
  url: y.string,
  commit: y.string,
  targetArchitecture: y.key('target-architecture', strings, 'apk architecture names; absent or [all] for every one'),
  copyright: y.listOf(copyright),
  dependencies,
  options: y.optional(packageOptions),
  scriptlets: y.optional(scriptlets),
  checks,
  cpe,
  setcap: y.listOf(setcap),
  timeout: y.described('longest build, such as 1h30m', y.duration),
  resources,
  testResources: y.key('test-resources', y.optional(resources)),
  at: y.place,
  nameAt: y.placeOf('name'),
})

const needs = y.optional(y.struct('needs', { packages: strings }))

const input = y.struct('an input', {
  description: y.string,
  default: y.string,
  required: y.bool,
})

/** One entry of a pipeline; definitions found by `uses` have the same shape. */
export const stepType: Type<Step> = y.struct('a pipeline step', {
  if: y.described("condition such as ${{build.arch}} == 'x86_64'", y.string),
  name: y.string,
  uses: y.described('name of a pipeline definition', y.string),
  with: y.described('inputs of the definition', stringMap),
  runs: y.described('shell script', y.string),
  pipeline: y.listOf(y.lazy((): Type<Step> => stepType)),
  inputs: y.mapOf(input),
  needs,
  label: y.string,
  assertions: y.optional(y.struct('assertions', { requiredSteps: y.key('required-steps', y.int) })),
  workingDirectory: y.key('working-directory', y.string),
  environment: stringMap,
  at: y.place,
  runsAt: y.placeOf('runs'),
})

const testType = y.optional(
  y.struct('test', {
    environment: imageConfigType as Type<ImageConfig>,
    pipeline: y.listOf(stepType),
  }),
)

/** A subpackage as written: its range is not expanded yet. */
export interface RawSubpackage extends Subpackage {
  readonly range: string
  readonly rangeAt?: Location | undefined
}

const subpackageType: Type<RawSubpackage> = y.struct('a subpackage', {
  if: y.string,
  range: y.described('name of a data entry; one subpackage per item', y.string),
  name: y.string,
  pipeline: y.listOf(stepType),
  dependencies,
  options: y.optional(packageOptions),
  scriptlets: y.optional(scriptlets),
  description: y.string,
  annotations: stringMap,
  url: y.string,
  commit: y.string,
  checks,
  test: testType,
  setcap: y.listOf(setcap),
  at: y.place,
  rangeAt: y.placeOf('range'),
})

const buildOption = y.struct('a build option', {
  vars: stringMap,
  environment: y.struct('the environment of a build option', {
    contents: y.struct('the contents of a build option', {
      packages: y.struct('the packages of a build option', { add: strings, remove: strings }),
    }),
  }),
})

const transform = y.struct('a var-transform', {
  from: y.string,
  match: y.described('RE2 pattern', y.string),
  replace: y.described('template with $1, ${1} or ${name}', y.string),
  to: y.described('name of the resulting variable', y.string),
  at: y.place,
})

const range = y.struct('a data entry', { name: y.string, items: stringMap })

/** YAML of a recipe. */
export const recipeType = y.struct('the recipe', {
  package: packageType,
  environment: imageConfigType as Type<ImageConfig>,
  capabilities: y.struct('capabilities', { add: strings, drop: strings }),
  pipeline: y.listOf(stepType),
  subpackages: y.listOf(subpackageType),
  data: y.listOf(range),
  update: updateType,
  vars: stringMap,
  varTransforms: y.key('var-transforms', y.listOf(transform)),
  options: y.mapOf(buildOption),
  test: testType,
})

/** A recipe as written. */
export type RawRecipe = Infer<typeof recipeType>

/** YAML of a vars file. */
export const varsType: Type<StringMap> = stringMap
