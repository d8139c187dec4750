import { type ImageConfig, type Infer, imageConfigType, type Type, y } from '@apkts/config'
import type { Location } from '@apkts/diagnostics'
import { updateType } from './schema-update.ts'
import type { RecipePackage, Resources, Step, StringMap, Subpackage } from './types.ts'

/** For editors: names may hold variables until the recipe is loaded. */
const PACKAGE_NAME = '^([a-zA-Z0-9]|\\$\\{\\{)'

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
  trigger: y.described(
    'script run when another package changes one of these directories',
    y.struct('scriptlets.trigger', {
      script: y.described('the script, with its #! line', y.string),
      paths: y.described('directories, with wildcards', strings),
    }),
  ),
  preInstall: y.key('pre-install', y.string, 'script run before the package is installed'),
  postInstall: y.key('post-install', y.string, 'script run after the package is installed'),
  preDeinstall: y.key('pre-deinstall', y.string, 'script run before the package is removed'),
  postDeinstall: y.key('post-deinstall', y.string, 'script run after the package is removed'),
  preUpgrade: y.key('pre-upgrade', y.string, 'script run before the package is upgraded'),
  postUpgrade: y.key('post-upgrade', y.string, 'script run after the package is upgraded'),
})

const checks = y.struct('checks', { disabled: y.described('linters that only warn', strings) })

const setcap = y.struct('a setcap entry', {
  path: y.described('file of the package', y.string),
  add: y.described('capabilities such as cap_net_bind_service, with flags such as +ep', stringMap),
  reason: y.described('why the file needs them', y.string, { required: true, minLength: 1 }),
})

const cpe = y.struct('cpe', {
  part: y.described('a (application, the default) or o (operating system)', y.string, { enum: ['', 'a', 'o'] }),
  vendor: y.described('needs product', y.string),
  product: y.described('needs vendor', y.string),
  edition: y.described('edition of the product', y.string),
  language: y.described('language of the product', y.string),
  swEdition: y.key('sw_edition', y.string, 'software edition'),
  targetSw: y.key('target_sw', y.string, 'software environment it is for'),
  targetHw: y.key('target_hw', y.string, 'machine it is for'),
  other: y.described('anything else', y.string),
})

const resources: Type<Resources> = y.struct('resources', {
  cpu: y.described('processors, such as 2', y.string),
  cpuModel: y.key('cpumodel', y.string, 'model of the processor'),
  memory: y.described('such as 8Gi', y.string),
  disk: y.described('such as 20Gi', y.string),
})

const copyright = y.struct('a copyright entry', {
  paths: y.described('files it is about', strings),
  attestation: y.described('copyright notice, for the SBOM', y.string),
  license: y.described('SPDX expression', y.string, { examples: ['MIT', 'Apache-2.0', 'GPL-2.0-or-later'] }),
  licensePath: y.key('license-path', y.string, 'file of the sources with the text of the licence'),
  detectionOverride: y.key('detection-override', y.string, 'licence that may be found in the file all the same'),
})

const packageType: Type<RecipePackage> = y.struct('package', {
  name: y.described('letters, digits, "+", "_", "." and "-"', y.string, { required: true, pattern: PACKAGE_NAME }),
  version: y.described('version of the sources, such as 1.2.3 or 1.2_rc1', y.string, { required: true, minLength: 1 }),
  epoch: y.described('increased when the same version is built again', y.uint64),
  description: y.described('one line', y.string),
  annotations: y.described('further facts by name', stringMap),
  url: y.described('home page of the project', y.string),
  commit: y.described('commit of the recipe (default: that of its repository)', y.string),
  targetArchitecture: y.key('target-architecture', strings, 'apk architecture names; absent or [all] for every one'),
  copyright: y.described('licences of the package', y.listOf(copyright)),
  dependencies: y.described('what the package needs and offers', dependencies),
  options: y.described('what is not found out about the package', y.optional(packageOptions)),
  scriptlets: y.described('scripts run where the package is installed', y.optional(scriptlets)),
  checks: y.described('linters for this package', checks),
  cpe: y.described('name in vulnerability databases', cpe),
  setcap: y.described('capabilities of files', y.listOf(setcap)),
  timeout: y.described('longest build, such as 1h30m', y.duration),
  resources: y.described('what the build may use', resources),
  testResources: y.key('test-resources', y.optional(resources), 'what the tests may use; informative'),
  at: y.place,
  nameAt: y.placeOf('name'),
})

const needs = y.optional(y.struct('needs', { packages: y.described('packages for the build environment', strings) }))

const input = y.struct('an input', {
  description: y.described('what it is for', y.string),
  default: y.described('value when none is given', y.string),
  required: y.described('a value must be given', y.bool),
  at: y.place,
})

/** One entry of a pipeline; definitions found by `uses` have the same shape. */
export const stepType: Type<Step> = y.struct('a pipeline step', {
  if: y.described("condition such as ${{build.arch}} == 'x86_64'", y.string),
  name: y.described('label in logs', y.string),
  uses: y.described('name of a pipeline definition', y.string),
  with: y.described('inputs of the definition', stringMap),
  runs: y.described('shell script', y.string),
  pipeline: y.described('nested steps', y.listOf(y.lazy((): Type<Step> => stepType))),
  inputs: y.described('values that a definition takes, by name', y.mapOf(input)),
  needs: y.described('what the step needs', needs),
  label: y.described('label for tools', y.string),
  assertions: y.described(
    'what must hold after the nested steps',
    y.optional(
      y.struct('assertions', { requiredSteps: y.key('required-steps', y.int, 'how many nested steps must have run') }),
    ),
  ),
  workingDirectory: y.key('working-directory', y.string, 'directory of the step, relative to /home/build'),
  environment: y.described('environment variables of the step and the nested ones', stringMap),
  at: y.place,
  runsAt: y.placeOf('runs'),
  withAt: y.placesOf('with'),
})

const testType = y.optional(
  y.struct('test', {
    environment: y.described('where the tests run', imageConfigType as Type<ImageConfig>),
    pipeline: y.described('steps of the test', y.listOf(stepType)),
  }),
)

/** A subpackage as written: its range is not expanded yet. */
export interface RawSubpackage extends Subpackage {
  readonly range: string
  readonly rangeAt?: Location | undefined
}

const subpackageType: Type<RawSubpackage> = y.struct('a subpackage', {
  if: y.described('condition; a subpackage whose condition is false is not built', y.string),
  range: y.described('name of a data entry; one subpackage per item', y.string),
  name: y.described('must differ from all others', y.string, { required: true, pattern: PACKAGE_NAME }),
  pipeline: y.described('steps that put files into ${{targets.subpkgdir}}', y.listOf(stepType)),
  dependencies: y.described('what the subpackage needs and offers', dependencies),
  options: y.described('what is not found out about the subpackage', y.optional(packageOptions)),
  scriptlets: y.described('scripts run where the subpackage is installed', y.optional(scriptlets)),
  description: y.described('one line', y.string),
  annotations: y.described('further facts by name', stringMap),
  url: y.described('home page', y.string),
  commit: y.described('commit of the recipe', y.string),
  checks: y.described('linters for this subpackage', checks),
  test: y.described('tests of the subpackage', testType),
  setcap: y.described('capabilities of files', y.listOf(setcap)),
  at: y.place,
  rangeAt: y.placeOf('range'),
})

const buildOption = y.struct('a build option', {
  vars: y.described('variables that win over those of the recipe', stringMap),
  environment: y.described(
    'changes to the build environment',
    y.struct('the environment of a build option', {
      contents: y.described(
        'changes to its contents',
        y.struct('the contents of a build option', {
          packages: y.described(
            'packages added and removed',
            y.struct('the packages of a build option', {
              add: y.described('packages added', strings),
              remove: y.described('packages removed', strings),
            }),
          ),
        }),
      ),
    }),
  ),
})

const transform = y.struct('a var-transform', {
  from: y.described('text with variables', y.string, { required: true }),
  match: y.described('RE2 pattern', y.string),
  replace: y.described('template with $1, ${1} or ${name}', y.string),
  to: y.described('name of the resulting variable', y.string),
  at: y.place,
})

const range = y.struct('a data entry', {
  name: y.described('what subpackages call it', y.string, { required: true }),
  items: y.described('${{range.key}} and ${{range.value}} of each subpackage', stringMap),
})

/** YAML of a recipe. */
export const recipeType = y.struct('the recipe', {
  package: y.described('the package', packageType, { required: true }),
  environment: y.described('where the build runs', imageConfigType as Type<ImageConfig>),
  capabilities: y.described(
    'Linux capabilities of the build',
    y.struct('capabilities', {
      add: y.described('capabilities added, such as CAP_NET_ADMIN', strings),
      drop: y.described('capabilities dropped', strings),
    }),
  ),
  pipeline: y.described('steps that build the package into ${{targets.destdir}}', y.listOf(stepType)),
  subpackages: y.described('further packages made from the same build', y.listOf(subpackageType)),
  data: y.described('lists that subpackages are made for', y.listOf(range)),
  update: y.described('how new versions are found; for external updaters', updateType),
  vars: y.described('variables: ${{vars.NAME}}', stringMap),
  varsAt: y.placeOf('vars'),
  varTransforms: y.key('var-transforms', y.listOf(transform), 'variables made from others by patterns'),
  options: y.described('variants of the build, chosen with --build-option', y.mapOf(buildOption)),
  test: y.described('tests of the package', testType),
})

/** A recipe as written. */
export type RawRecipe = Infer<typeof recipeType>

/** YAML of a vars file. */
export const varsType: Type<StringMap> = stringMap
