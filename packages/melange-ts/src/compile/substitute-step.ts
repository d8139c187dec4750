import { didYouMean, type Location, throwProblems } from '@apkts/diagnostics'
import { RecipeError } from '../recipe/error.ts'
import { quoteForCondition } from '../substitute/condition.ts'
import { type SubstitutionProblem, substituteStrict } from '../substitute/strict.ts'

interface Lookup {
  get(name: string): string | undefined
  keys(): Iterable<string>
}

/** Strict substitution; throws all problems, each at its own line when the place of the text is known. */
export function substituteIn(text: string, scope: Lookup, title: string, at: Location | undefined): string {
  const result = substituteStrict(text, scope.get)
  if (result.ok) return result.text
  throwProblems(result.problems.map((problem) => problemAt(problem, text, scope, title, at)))
  return text
}

/** Substitution in a condition: each value becomes a quoted text. */
export function substituteCondition(text: string, scope: Lookup, title: string, at: Location | undefined): string {
  const get = (name: string): string | undefined => {
    const value = scope.get(name)
    return value === undefined ? undefined : quoteForCondition(value)
  }
  return substituteIn(text, { get, keys: scope.keys }, title, at)
}

function problemAt(
  problem: SubstitutionProblem,
  text: string,
  scope: Lookup,
  title: string,
  at: Location | undefined,
): RecipeError {
  const place = lineOf(at, text, problem.position)
  if (problem.kind === 'empty') {
    return new RecipeError('BAD_REFERENCE', `${title}: empty variable name at position ${problem.position}`, {
      at: place,
    })
  }
  if (problem.kind === 'unterminated') {
    const message = `${title}: unterminated variable reference "${problem.name}" at position ${problem.position}`
    return new RecipeError('BAD_REFERENCE', message, {
      at: place,
      hint: 'names consist of letters, digits, ".", "_" and "-", and end with }}',
    })
  }
  return new RecipeError('UNKNOWN_VARIABLE', `${title}: the variable "${problem.name}" is not defined`, {
    at: place,
    hint: didYouMean(problem.name, scope.keys()),
  })
}

/** The place of a byte offset in a text of several lines that begins at `at`. */
export function lineOf(at: Location | undefined, text: string, position: number): Location | undefined {
  const above = Buffer.from(text).toString('utf8', 0, position).split('\n').length - 1
  if (at?.line === undefined || above === 0) return at
  return { file: at.file, line: at.line + above }
}
