import { gnuTriplet, rustTriplet, toApkArch, toOciArch } from '@apkts/config'
import { RecipeError } from '../recipe/error.ts'
import type { Recipe, StringMap, Subpackage } from '../recipe/types.ts'
import { applyTransforms, packageVariables, substituteOrThrow } from '../recipe/variables.ts'
import { substituteStrict } from '../substitute/strict.ts'

export const SOURCE_DIR = '/home/build'
export const OUTPUT_DIR = '/home/build/melange-out'

export interface CompileVariableOptions {
  readonly arch: string
  /** C library flavour of `host.triplet.*`. */
  readonly libc: string
  readonly buildOptions: readonly string[]
}

/** Variables of the main pipeline and the main test. */
export function compileVariables(recipe: Recipe, options: CompileVariableOptions): Map<string, string> {
  const { name } = recipe.package
  const variables = new Map([
    ...packageVariables(recipe.package),
    ['package.srcdir', SOURCE_DIR],
    ['targets.outdir', OUTPUT_DIR],
    ['targets.destdir', `${OUTPUT_DIR}/${name}`],
    ['targets.contextdir', `${OUTPUT_DIR}/${name}`],
    ['context.name', name],
    ...platformVariables(options),
  ])
  for (const [key, value] of resolveVars(recipe)) variables.set(`vars.${key}`, value)
  applyTransforms(variables, recipe.varTransforms)
  for (const output of [name, ...recipe.subpackages.map((subpackage) => subpackage.name)]) {
    variables.set(`targets.package.${output}`, `${OUTPUT_DIR}/${output}`)
  }
  for (const option of Object.keys(recipe.options)) variables.set(`options.${option}.enabled`, 'false')
  for (const option of options.buildOptions) variables.set(`options.${option}.enabled`, 'true')
  return variables
}

/** Variables of a subpackage's pipeline and test. */
export function subpackageVariables(main: ReadonlyMap<string, string>, subpackage: Subpackage): Map<string, string> {
  const output = `${OUTPUT_DIR}/${subpackage.name}`
  return new Map([
    ...main,
    ['targets.contextdir', output],
    ['targets.subpkgdir', output],
    ['context.name', subpackage.name],
    ['subpkg.name', subpackage.name],
  ])
}

function platformVariables({ arch, libc }: CompileVariableOptions): [string, string][] {
  return [
    ['host.triplet.gnu', gnuTriplet(arch, libc)],
    ['host.triplet.rust', rustTriplet(arch, libc)],
    ['cross.triplet.gnu.glibc', gnuTriplet(arch, 'gnu')],
    ['cross.triplet.gnu.musl', gnuTriplet(arch, 'musl')],
    ['cross.triplet.rust.glibc', rustTriplet(arch, 'gnu')],
    ['cross.triplet.rust.musl', rustTriplet(arch, 'musl')],
    ['build.arch', toApkArch(arch)],
    ['build.goarch', toOciArch(arch)],
  ]
}

/** Vars may refer to other vars, and to nothing else. Throws for a cycle or an unknown name, naming the var. */
export function resolveVars(recipe: Pick<Recipe, 'vars' | 'varsAt' | 'package'>): ReadonlyMap<string, string> {
  const resolved = new Map<string, string>()
  const open = new Set<string>()
  const resolve = (name: string): string => {
    const known = resolved.get(`vars.${name}`)
    if (known !== undefined) return known
    if (open.has(name)) throw cycle(name, recipe)
    open.add(name)
    const text = rawVar(recipe.vars, name)
    for (const used of varsIn(text)) if (Object.hasOwn(recipe.vars, used)) resolve(used)
    open.delete(name)
    const value = substituteOrThrow(text, resolved, `the var "${name}"`, recipe.varsAt ?? recipe.package.at)
    resolved.set(`vars.${name}`, value)
    return value
  }
  return new Map(Object.keys(recipe.vars).map((name) => [name, resolve(name)]))
}

function varsIn(text: string): string[] {
  const names: string[] = []
  substituteStrict(text, (name) => {
    if (name.startsWith('vars.')) names.push(name.slice('vars.'.length))
    return ''
  })
  return names
}

function rawVar(vars: StringMap, name: string): string {
  return Object.hasOwn(vars, name) ? vars[name]! : ''
}

function cycle(name: string, recipe: Pick<Recipe, 'varsAt' | 'package'>): RecipeError {
  return new RecipeError('VARIABLE_CYCLE', `the var "${name}" refers to itself`, {
    at: recipe.varsAt ?? recipe.package.at,
  })
}
