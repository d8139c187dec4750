import { DiagnosticErrors, didYouMean, type Location, throwProblems } from '@apkts/diagnostics'
import type { Variables } from '../substitute/lenient.ts'
import { replaceAllGo } from '../substitute/regexp.ts'
import { type SubstitutionProblem, substituteStrict } from '../substitute/strict.ts'
import { RecipeError } from './error.ts'
import type { RecipePackage, StringMap, VarTransform } from './types.ts'

/** `VERSION-rEPOCH` */
export function fullVersion(pkg: Pick<RecipePackage, 'version' | 'epoch'>): string {
  return `${pkg.version}-r${pkg.epoch}`
}

/** Variables known while a recipe is loaded: `package.*`, `vars.*` (raw) and the results of the transforms. */
export function loadVariables(
  pkg: RecipePackage,
  vars: StringMap,
  transforms: readonly VarTransform[],
): Map<string, string> {
  const variables = new Map([
    ...packageVariables(pkg),
    ['package.description', pkg.description] as const,
    ...Object.entries(vars).map(([name, value]) => [`vars.${name}`, value] as const),
  ])
  applyTransforms(variables, transforms)
  return variables
}

/** The `package.*` variables known everywhere. */
export function packageVariables(pkg: RecipePackage): [string, string][] {
  return [
    ['package.name', pkg.name],
    ['package.version', pkg.version],
    ['package.epoch', String(pkg.epoch)],
    ['package.full-version', fullVersion(pkg)],
  ]
}

/**
 * Runs the transforms in order; each result is stored as `vars.TO` and visible to the next one. Throws the problems of all
 * of them together.
 */
export function applyTransforms(variables: Map<string, string>, transforms: readonly VarTransform[]): void {
  const problems: RecipeError[] = []
  for (const transform of transforms) {
    const value = collecting(problems, '', () => {
      const title = `the var-transform to "${transform.to}"`
      const text = substituteOrThrow(transform.from, variables, title, transform.at)
      return replaceAll(text, transform)
    })
    variables.set(`vars.${transform.to}`, value)
  }
  throwProblems(problems)
}

function replaceAll(text: string, transform: VarTransform): string {
  try {
    return replaceAllGo(text, transform.match, transform.replace)
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error
    throw new RecipeError(error.code, `the var-transform to "${transform.to}": ${error.message}`, {
      hint: error.hint,
      at: transform.at,
    })
  }
}

/** Strict substitution that throws every problem of the text, named after `title`. */
export function substituteOrThrow(text: string, variables: Variables, title: string, at?: Location): string {
  const result = substituteStrict(text, (name) => variables.get(name))
  if (result.ok) return result.text
  throwProblems(result.problems.map((problem) => substitutionError(problem, variables, title, at)))
  return text
}

/** The same, but adds the problems to a list and keeps the text as it is. */
export function substituteCollecting(
  text: string,
  variables: Variables,
  title: string,
  at: Location | undefined,
  problems: RecipeError[],
): string {
  const result = substituteStrict(text, (name) => variables.get(name))
  if (result.ok) return result.text
  problems.push(...result.problems.map((problem) => substitutionError(problem, variables, title, at)))
  return text
}

function substitutionError(
  problem: SubstitutionProblem,
  variables: Variables,
  title: string,
  at: Location | undefined,
): RecipeError {
  switch (problem.kind) {
    case 'unknown':
      return new RecipeError('UNKNOWN_VARIABLE', `${title}: the variable "${problem.name}" is not defined`, {
        at,
        hint: didYouMean(problem.name, variables.keys()),
      })
    case 'empty':
      return new RecipeError('BAD_REFERENCE', `${title}: empty variable name at position ${problem.position}`, { at })
    case 'unterminated':
      return new RecipeError(
        'BAD_REFERENCE',
        `${title}: unterminated variable reference "${problem.name}" at position ${problem.position}`,
        { at, hint: 'names consist of letters, digits, ".", "_" and "-", and end with }}' },
      )
  }
}

/** Adds what `work` throws to the problems, if it is about the recipe. */
export function collecting<T>(problems: RecipeError[], otherwise: T, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RecipeError) problems.push(error)
    else if (error instanceof DiagnosticErrors) problems.push(...(error.problems as RecipeError[]))
    else throw error
    return otherwise
  }
}
