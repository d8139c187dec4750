import { isValidVersion } from '@apkts/apk'
import { toApkArch } from '@apkts/config'
import { compileRecipe } from '../compile/compile.ts'
import type { PipelineLibrary } from '../compile/pipelines.ts'
import type { CompiledRecipe } from '../compile/types.ts'
import { RecipeError } from '../recipe/error.ts'
import { readRecipeSources } from '../recipe/load.ts'
import { type ParsedRecipe, parseRecipeFully, type RecipeSources } from '../recipe/parse.ts'
import type { Recipe } from '../recipe/types.ts'
import { type CheckedFile, type Finding, findingsOf, inTextOrder } from './finding.ts'
import { suspicions } from './suspicions.ts'

export interface CheckOptions {
  /** Every recipe is compiled for those of these that it is for; for its own first one when it is for none of them. */
  readonly archs: readonly string[]
  readonly library: PipelineLibrary
  readonly varsFile?: string
  readonly envFiles?: readonly string[]
  readonly buildOptions?: readonly string[]
}

/** Everything that is wrong with a recipe file: decoding, validation, compiling; and what looks like a mistake. */
export async function checkFile(file: string, options: CheckOptions): Promise<CheckedFile> {
  try {
    return { file, findings: checkSources(await readRecipeSources(file, options), options) }
  } catch (error) {
    return { file, findings: findingsOf(error, file) }
  }
}

/** The same for texts that are at hand. Reads nothing but pipeline definitions. */
export function checkSources(sources: RecipeSources, options: CheckOptions): Finding[] {
  const { file } = sources.recipe
  const findings: Finding[] = []
  try {
    const parsed = parseRecipeFully(sources, options)
    findings.push(...parsed.problems.flatMap((problem) => findingsOf(problem, file)), ...versionFindings(parsed))
    const used = new Set<string>()
    const compiled = archsOf(parsed.recipe, options.archs).flatMap((arch) => {
      return compileCollecting(parsed.recipe, { ...options, arch, onUse: (name) => used.add(name) }, findings)
    })
    findings.push(...suspicions(parsed, { text: sources.recipe.text, compiled, used }))
  } catch (error) {
    findings.push(...findingsOf(error, file))
  }
  return inTextOrder(findings, file)
}

// The names are those of the apk world: a recipe that lists others is for no architecture at all.
function archsOf({ package: pkg }: Recipe, wanted: readonly string[]): readonly string[] {
  const own = pkg.targetArchitecture
  const names = wanted.map(toApkArch)
  if (own.length === 0 || (own.length === 1 && own[0] === 'all')) return names
  const common = names.filter((name) => own.includes(name))
  return common.length > 0 ? common : own.slice(0, 1)
}

type CompileWith = Parameters<typeof compileRecipe>[1]

function compileCollecting(recipe: Recipe, options: CompileWith, findings: Finding[]): CompiledRecipe[] {
  try {
    return [compileRecipe(recipe, options)]
  } catch (error) {
    // That it is skipped everywhere is told with the place of the architecture's name.
    if (!(error instanceof RecipeError && error.code === 'SKIPPED_ARCH')) {
      findings.push(...findingsOf(error, recipe.file))
    }
    return []
  }
}

/** Loading and compiling accept any version; building does not. */
function versionFindings({ recipe, decoded }: ParsedRecipe): Finding[] {
  const { version, epoch } = recipe.package
  if (version === '' || isValidVersion(`${version}-r${epoch}`)) return []
  return findingsOf(
    new RecipeError('PACKAGE_VERSION', `the version "${version}" is none that packages can have`, {
      at: decoded.locate(['package', 'version']),
      hint: 'digits and dots, at most one letter, then suffixes such as _rc1 or _p2: 1.2.3, 1.2b, 1.2_rc1',
    }),
    recipe.file,
  )
}
