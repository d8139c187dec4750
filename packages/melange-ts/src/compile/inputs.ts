import { didYouMean } from '@apkts/diagnostics'
import { compareBytes } from '@apkts/encoding'
import { RecipeError } from '../recipe/error.ts'
import { mapValues, overlay, own, setOwn } from '../recipe/records.ts'
import type { Step, StringMap } from '../recipe/types.ts'
import { substituteStrict } from '../substitute/strict.ts'
import { createScope, type Scope, unresolvedNames } from './scope.ts'
import { substituteIn } from './substitute-step.ts'

/** Hex digits that an input of that name must have, if given. */
const HEX_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['expected-sha256', 64],
  ['expected-sha512', 128],
  ['expected-commit', 40],
])

/** Every key of `with` must be declared by the definition. */
export function checkDeclared(step: Step, title: string): void {
  for (const name of Object.keys(step.with)) {
    if (own(step.inputs, name) !== undefined) continue
    throw new RecipeError('UNKNOWN_INPUT', `${title}: the pipeline "${step.uses}" has no input "${name}"`, {
      at: step.at,
      hint: didYouMean(name, Object.keys(step.inputs)),
    })
  }
}

/** The values of all inputs before substitution: as given, else the default. Throws for missing and malformed ones. */
export function inputValues(step: Step, title: string): StringMap {
  const values: Record<string, string> = overlay(step.with)
  for (const name of Object.keys(step.inputs).sort(compareBytes)) {
    const input = own(step.inputs, name)!
    const value = own(step.with, name) || input.default
    checkHex(name, value, step, title)
    if (value === '' && input.required) {
      throw new RecipeError('MISSING_INPUT', `${title}: the input "${name}" is required`, {
        at: step.at,
        hint: input.description === '' ? undefined : `${name}: ${input.description}`,
      })
    }
    setOwn(values, name, value)
  }
  return values
}

function checkHex(name: string, value: string, step: Step, title: string): void {
  const length = HEX_LENGTHS.get(name)
  if (length === undefined || value === '' || (value.length === length && /^[0-9a-fA-F]+$/.test(value))) return
  throw new RecipeError('BAD_INPUT', `${title}: ${name}: expected ${length} hex digits, found "${value}"`, {
    at: step.at,
  })
}

/**
 * The scope of a step with its own inputs. Inputs may refer to everything around the step, and to each other where
 * nothing around has the name. Throws for unknown variables and for inputs that refer to themselves.
 */
export function scopeWithInputs(outer: Scope, values: StringMap, step: Step, title: string): Scope {
  const local = new Map(outer.local)
  for (const [name, value] of resolveInputs(outer, values, step, title)) local.set(`inputs.${name}`, value)
  const scope = createScope(outer.base, local, outer.onUse)
  const unresolved = unresolvedNames(scope)
  if (unresolved.length === 0) return scope
  const final = new Map(local)
  for (const name of unresolved)
    final.set(name, substituteIn(scope.get(name) ?? '', scope, `${title}: ${name}`, step.at))
  return createScope(outer.base, final, outer.onUse)
}

function resolveInputs(outer: Scope, values: StringMap, step: Step, title: string): Map<string, string> {
  const resolved = new Map<string, string>()
  const open = new Set<string>()
  const resolve = (name: string): string => {
    const known = resolved.get(name)
    if (known !== undefined) return known
    if (open.has(name)) {
      throw new RecipeError('VARIABLE_CYCLE', `${title}: the input "${name}" refers to itself`, { at: step.at })
    }
    open.add(name)
    const text = own(values, name) ?? ''
    const outside = substituteStrict(text, outer.get)
    const value = outside.ok
      ? outside.text
      : substituteIn(text, { get: lookup, keys: outer.keys }, `${title}: ${name}`, step.at)
    open.delete(name)
    resolved.set(name, value)
    return value
  }
  const lookup = (variable: string): string | undefined => {
    const sibling = variable.startsWith('inputs.') ? variable.slice('inputs.'.length) : ''
    return Object.hasOwn(values, sibling) ? resolve(sibling) : outer.get(variable)
  }
  for (const name of Object.keys(values)) resolve(name)
  return resolved
}

/** The evaluated values of the inputs by name. */
export function evaluatedInputs(values: StringMap, scope: Scope): StringMap {
  return mapValues(values, (value, name) => scope.get(`inputs.${name}`) ?? value)
}
