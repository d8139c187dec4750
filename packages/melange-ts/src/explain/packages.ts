import type { CompiledStep } from '../compile/types.ts'
import { own } from '../recipe/records.ts'
import { stepName } from './steps.ts'
import { type Explained, type ExplainInput, placeText } from './types.ts'

const PLACE = ['environment', 'contents', 'packages'] as const

/** Packages of the build environment in its order: those of the recipe, of its options, and what steps need. */
export function explainPackages({ parsed, compiled, buildOptions }: ExplainInput): Explained[] {
  const { value: raw, locate } = parsed.decoded
  const own_ = parsed.recipe.environment.contents.packages
  const isMoved = buildOptions.some((name) => own(raw.options, name) !== undefined)
  const listed = own_.map((name, index): Explained => {
    const option = buildOptions.find((chosen) =>
      own(raw.options, chosen)?.environment.contents.packages.add.includes(name),
    )
    if (option !== undefined) return { name, from: `${placeText(locate(['options', option]))} (option ${option})` }
    const written = isMoved ? raw.environment.contents.packages.indexOf(name) : index
    return { name, from: placeText(locate(written < 0 ? PLACE : [...PLACE, written])) }
  })
  const steps = [compiled, ...compiled.subpackages].flatMap(({ pipeline }) => pipeline)
  return [...listed, ...steps.flatMap(neededBy)]
}

function neededBy(step: CompiledStep): Explained[] {
  if (!step.enabled) return []
  const from = `needed by ${stepName(step)}, ${placeText(step.at)}`
  return [...(step.needs?.packages ?? []).map((name) => ({ name, from })), ...step.pipeline.flatMap(neededBy)]
}
