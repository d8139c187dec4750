import { type ApkoVersion, compareApkoVersions, NO_PRE_SUFFIX } from './apko.ts'
import type { Operator } from './constraint.ts'

/** Whether a version meets `operator required`, by apko's rules; `any` always holds. */
export function satisfies(actual: ApkoVersion, operator: Operator, required: ApkoVersion): boolean {
  if (operator === 'any') return true
  if (operator === '~') return matchesPrefix(actual, required)
  const order = compareApkoVersions(actual, required)
  switch (operator) {
    case '=':
      return order === 0
    case '>':
      return order > 0
    case '<':
      return order < 0
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
  }
}

/**
 * apko's `~`: the required numbers must begin the actual ones. When the actual version has more numbers, the rest of the
 * requirement is not looked at; otherwise each part that the requirement states must be equal (0 counts as not stated).
 */
function matchesPrefix(actual: ApkoVersion, required: ApkoVersion): boolean {
  if (actual.numbers.length < required.numbers.length) return false
  if (required.numbers.some((number, i) => number !== actual.numbers[i])) return false
  if (actual.numbers.length > required.numbers.length) return true
  const stated = (wanted: number | bigint, found: number | bigint, unset = 0) => wanted === unset || wanted === found
  return (
    stated(required.letter, actual.letter) &&
    stated(required.preSuffix, actual.preSuffix, NO_PRE_SUFFIX) &&
    stated(required.preSuffixNumber, actual.preSuffixNumber) &&
    stated(required.postSuffix, actual.postSuffix) &&
    stated(required.postSuffixNumber, actual.postSuffixNumber) &&
    stated(required.revision, actual.revision)
  )
}
