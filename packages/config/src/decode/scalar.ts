/** What a YAML scalar means before the type of its target field is considered. */
export type ResolvedScalar =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'string' }

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL'])
const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
])
const SPECIAL_FLOATS: ReadonlyMap<string, number> = new Map([
  ...['.nan', '.NaN', '.NAN'].map((text) => [text, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text) => [text, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((text) => [text, Number.NEGATIVE_INFINITY] as const),
])

const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]+)|(0|[1-9][0-9]*))$/
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/
/** Longer number texts are treated as floats: no integer of 64 bits needs more, not even in binary with separators. */
const MAX_INTEGER_TEXT = 200
const MIN_INT64 = -(1n << 63n)
const MAX_UINT64 = (1n << 64n) - 1n

/**
 * Meaning of a plain scalar: the YAML 1.2 core schema with the leftovers of 1.1 that go-yaml keeps (old octals, binary,
 * digit separators, timestamps).
 */
export function resolvePlain(text: string): ResolvedScalar {
  if (NULLS.has(text)) return { kind: 'null' }
  const bool = BOOLS.get(text)
  if (bool !== undefined) return { kind: 'bool', value: bool }
  if (!/^[-+.0-9]/.test(text)) return { kind: 'string' }
  const special = SPECIAL_FLOATS.get(text)
  if (special !== undefined) return { kind: 'float', value: special }
  return resolveNumber(text)
}

function resolveNumber(text: string): ResolvedScalar {
  if (TIMESTAMP.test(text) && isCalendarDate(text)) return { kind: 'timestamp' }
  const digits = text.replaceAll('_', '')
  const integer = text.startsWith('.') || digits.length > MAX_INTEGER_TEXT ? undefined : parseInteger(digits)
  if (integer !== undefined && integer >= MIN_INT64 && integer <= MAX_UINT64) return { kind: 'int', value: integer }
  return FLOAT.test(digits) ? { kind: 'float', value: Number(digits) } : { kind: 'string' }
}

function parseInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text)
  if (match === null) return undefined
  const [, sign, hex, octal, binary, oldOctal, decimal] = match
  const size =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : decimal !== undefined
          ? BigInt(decimal)
          : BigInt(`0o${octal ?? oldOctal}`)
  return sign === '-' ? -size : size
}

function isCalendarDate(text: string): boolean {
  const [year, month, day] = text
    .slice(0, 10)
    .split('-')
    .map((part) => Number.parseInt(part, 10)) as [number, number, number]
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

const TRUE_WORDS = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'])
const FALSE_WORDS = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'])

/** Value of a YAML 1.1 boolean word such as `yes`; undefined for any other text. */
export function oldBool(text: string): boolean | undefined {
  if (TRUE_WORDS.has(text)) return true
  return FALSE_WORDS.has(text) ? false : undefined
}

const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

/** True when a reader of YAML 1.1 or 1.2 could take the plain text for something other than a string. */
export function readsAsOtherType(text: string): boolean {
  return resolvePlain(text).kind !== 'string' || oldBool(text) !== undefined || BASE60.test(text)
}
