/** How a constraint compares versions, in apko's words; `any` accepts all. */
export type Operator = 'any' | '=' | '>' | '<' | '>=' | '<=' | '~'

/** One dependency, provide or world entry, taken apart. */
export interface Constraint {
  readonly text: string
  readonly name: string
  readonly operator: Operator
  /** Empty when none is stated. An operator of `any` may still have one: it imposes nothing. */
  readonly version: string
  /** Repository tag after `@`, or empty. */
  readonly pin: string
  /** The operator as written when apko knows no meaning for it, such as `~=` or `==`. */
  readonly unknownOperator?: string
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  '=': '=',
  '>': '>',
  '<': '<',
  '>=': '>=',
  '<=': '<=',
  '~': '~',
  '=~': '~',
}
const GRAMMAR = /^([^@=><~]+)(?:([=><~]+)([^@]+))?(?:@([a-zA-Z0-9]+))?$/
const RELEASED = /-r[0-9]+$/

/**
 * Parses `name[operator version][@pin]` like apko. Never fails: what does not match is a name as a whole. A leading `!`
 * is not part of this grammar, callers strip it. Sonames (`so:`) with an unreleased version get the prefix `0.`, so
 * that they sort below released ones.
 */
export function parseConstraint(text: string): Constraint {
  const match = GRAMMAR.exec(lowerSoname(text))
  if (match === null) return { text, name: text, operator: 'any', version: '', pin: '' }
  const [, name = '', operator = '', version = '', pin = ''] = match
  const known = OPERATORS[operator]
  const parsed: Constraint = { text, name, operator: known ?? 'any', version, pin }
  return known === undefined && operator !== '' ? { ...parsed, unknownOperator: operator } : parsed
}

function lowerSoname(text: string): string {
  const equals = text.startsWith('so:') ? text.indexOf('=') : -1
  if (equals < 0 || RELEASED.test(text.slice(equals + 1))) return text
  return `${text.slice(0, equals)}=0.${text.slice(equals + 1)}`
}
