import { hostArch } from '@apkts/config'
import { compileRecipe } from '../compile/compile.ts'
import type { CompiledStep } from '../compile/types.ts'
import type { Recipe } from '../recipe/types.ts'
import { SourceError } from './error.ts'

const SOURCE_STEPS = ['fetch', 'git-checkout', 'patch', 'git-am']

/**
 * The top-level steps of a recipe that make its source tree, with their inputs evaluated for this machine. Only these are
 * compiled, so definitions that are not at hand do no harm.
 */
export function sourceSteps(recipe: Recipe): CompiledStep[] {
  const pipeline = recipe.pipeline.filter(({ uses }) => SOURCE_STEPS.includes(uses))
  const arch = hostArch(process.arch)
  const own = { ...recipe.package, targetArchitecture: [] }
  const reduced = { ...recipe, package: own, pipeline, subpackages: [], test: undefined }
  return compileRecipe(reduced, { arch }).pipeline.filter(({ enabled }) => enabled)
}

/** The first checkout of a recipe. @throws SourceError NO_SOURCE */
export function firstCheckout(steps: readonly CompiledStep[], recipe: Recipe): CompiledStep {
  const step = steps.find(({ uses }) => uses === 'git-checkout')
  if (step !== undefined) return step
  throw new SourceError('NO_SOURCE', `${recipe.file} has no git-checkout step in its main pipeline`, {
    at: recipe.package.at,
    hint: 'sources of fetch steps are no repositories: there is nothing that patches could be made from',
  })
}

/** Names of patch files, separated by white space. */
export function patchNames(step: CompiledStep): string[] {
  return (step.inputs.patches ?? '').split(/\s+/).filter((name) => name !== '')
}
