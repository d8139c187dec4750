import type { Source } from '@apkts/config'
import { toApkArch, toOciArch } from '@apkts/config'
import type { Scalar, YAMLMap } from 'yaml'
import { resolveVars } from '../compile/variables.ts'
import { RecipeError } from '../recipe/error.ts'
import { parseRecipe } from '../recipe/parse.ts'
import type { Recipe } from '../recipe/types.ts'
import { applyTransforms, packageVariables, substituteOrThrow } from '../recipe/variables.ts'
import { childMap, childScalar, parseForEdit, replaceScalar, stepsUsing, textOf } from './nodes.ts'
import type { TextEdit } from './text-edits.ts'

export interface BumpInput {
  readonly recipe: Source
  readonly version: string
  /** OCI or apk name of the machine, for `${{build.arch}}` in URIs. */
  readonly arch: string
  /** New commit of the git-checkout steps. */
  readonly expectedCommit?: string
}

/** A source whose checksums must be computed anew. */
export interface Download {
  readonly uri: string
  /** The edits for the checksums that the recipe states. */
  edits(sums: { readonly sha256: string; readonly sha512: string }): TextEdit[]
}

export interface BumpPlan {
  readonly edits: readonly TextEdit[]
  readonly downloads: readonly Download[]
}

/**
 * What changes in the text of a recipe for a new version: version, epoch (0, or one more for the same version), commits,
 * and the checksums of what its fetch steps download. Throws `RecipeError`, also when the recipe cannot be loaded.
 */
export function planBump(input: BumpInput): BumpPlan {
  const recipe = parseRecipe({ recipe: input.recipe })
  const root = parseForEdit(input.recipe.text)
  const pkg = childMap(root, 'package')
  const version = input.version.trim()
  const oldVersion = required(pkg, 'version', input)
  const oldEpoch = required(pkg, 'epoch', input)
  const epoch = oldVersion.source === version ? recipe.package.epoch + 1n : 0n
  const variables = bumpVariables(recipe, { version, epoch, arch: input.arch })
  const pipeline = root?.get('pipeline', true)
  return {
    edits: [
      replaceScalar(oldVersion, version, '"'),
      { ...replaceScalar(oldEpoch, ''), text: String(epoch) },
      ...commitEdits(stepsUsing(pipeline, 'git-checkout'), recipe, input.expectedCommit),
    ],
    downloads: stepsUsing(pipeline, 'fetch').flatMap((step) => downloadOf(step, variables)),
  }
}

function required(pkg: YAMLMap | undefined, key: string, { recipe }: BumpInput): Scalar {
  const scalar = childScalar(pkg, key)
  if (scalar !== undefined) return scalar
  throw new RecipeError('PACKAGE_VERSION', `bump needs the key package.${key} in the recipe`, {
    at: { file: recipe.file },
  })
}

function bumpVariables(
  recipe: Recipe,
  { version, epoch, arch }: { version: string; epoch: bigint; arch: string },
): Map<string, string> {
  const pkg = { ...recipe.package, version, epoch }
  const variables = new Map([
    ...packageVariables(pkg),
    ['build.arch', toApkArch(arch)] as const,
    ['build.goarch', toOciArch(arch)] as const,
    ...[...resolveVars(recipe)].map(([name, value]) => [`vars.${name}`, value] as const),
  ])
  applyTransforms(variables, recipe.varTransforms)
  return variables
}

function downloadOf(step: YAMLMap, variables: ReadonlyMap<string, string>): Download[] {
  const inputs = childMap(step, 'with')
  const uri = textOf(inputs, 'uri')
  if (uri === undefined) return []
  const slots = (['sha256', 'sha512'] as const).map((name) => [name, childScalar(inputs, `expected-${name}`)] as const)
  return [
    {
      uri: substituteOrThrow(uri, variables, 'fetch: uri'),
      edits: (sums) => slots.flatMap(([name, slot]) => (slot === undefined ? [] : [replaceScalar(slot, sums[name])])),
    },
  ]
}

function commitEdits(steps: readonly YAMLMap[], recipe: Recipe, commit: string | undefined): TextEdit[] {
  if (commit === undefined || commit === '') return []
  const affected = steps.length > 1 ? steps.filter((step) => followsVersion(step, recipe)) : steps
  return affected.flatMap((step) => {
    const slot = childScalar(childMap(step, 'with'), 'expected-commit')
    return slot === undefined || slot.source?.includes('${{') ? [] : [replaceScalar(slot, commit)]
  })
}

// Of several checkouts, the one whose tag contains the version is that of the package; one without a tag may be.
function followsVersion(step: YAMLMap, recipe: Recipe): boolean {
  const tag = textOf(childMap(step, 'with'), 'tag')
  if (tag === undefined || mentionsVersion(tag)) return true
  const names = [...tag.matchAll(/\$\{\{\s*vars\.([^}\s]+)\s*\}\}/g)].map(([, name]) => name!)
  return names.some(
    (name) =>
      mentionsVersion(recipe.vars[name] ?? '') ||
      recipe.varTransforms.some(({ to, from }) => to === name && mentionsVersion(from)),
  )
}

function mentionsVersion(text: string): boolean {
  return /\$\{\{\s*package\.version\s*\}\}/.test(text)
}
