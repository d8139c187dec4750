import { overlay, own } from './records.ts'
import type { BuildOption, Recipe, StringMap } from './types.ts'

type Options = Readonly<Record<string, BuildOption>>

/** The vars with those of the chosen options over them; options that are not declared change nothing. */
export function withOptionVars(vars: StringMap, options: Options, chosen: readonly string[]): StringMap {
  return overlay(vars, ...chosenOptions(options, chosen).map((option) => option.vars))
}

/**
 * The recipe with the packages of the chosen options added and removed. A removed package's place is taken by the last
 * one of the list, as melange does.
 */
export function withOptionPackages(recipe: Recipe, chosen: readonly string[]): Recipe {
  let packages = [...recipe.environment.contents.packages]
  for (const { environment } of chosenOptions(recipe.options, chosen)) {
    const { add, remove } = environment.contents.packages
    packages.push(...add)
    for (const name of remove) packages = removeSwapping(packages, name)
  }
  const { environment } = recipe
  return { ...recipe, environment: { ...environment, contents: { ...environment.contents, packages } } }
}

function chosenOptions(options: Options, chosen: readonly string[]): BuildOption[] {
  return chosen.map((name) => own(options, name)).filter((option) => option !== undefined)
}

function removeSwapping(packages: string[], name: string): string[] {
  const rest = [...packages]
  for (let i = rest.indexOf(name); i >= 0; i = rest.indexOf(name)) {
    const last = rest.pop()!
    if (i < rest.length) rest[i] = last
  }
  return rest
}
