import { BOUNDS } from './bounds.ts'
import { NAMES } from './names.ts'
import type { BadRecipe } from './row.ts'
import { CONDITIONS, STEPS } from './steps.ts'
import { SYNTAX } from './syntax.ts'
import { KEYS, TYPES } from './types.ts'
import { VARIABLES } from './variables.ts'

export { DEFINITIONS } from './steps.ts'

/** All bad recipes by theme. */
export const THEMES: Readonly<Record<string, readonly BadRecipe[]>> = {
  syntax: SYNTAX,
  types: TYPES,
  keys: KEYS,
  names: NAMES,
  steps: STEPS,
  conditions: CONDITIONS,
  variables: VARIABLES,
  bounds: BOUNDS,
}
