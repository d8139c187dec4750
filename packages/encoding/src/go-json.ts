import { compareBytes } from './bytes.ts'

/** A value Go's `encoding/json` could have produced. `undefined` members are left out; a `Map` is printed with sorted keys. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>
  | { readonly [key: string]: JsonValue | undefined }

/**
 * JSON text as Go's `encoding/json` writes it: object keys in insertion order (struct fields) or byte order (`Map`),
 * no spaces unless `indent` is given, and `<`, `>`, `&`, U+2028, U+2029 escaped. No final newline.
 */
export function goJson(value: JsonValue, indent = ''): string {
  return write(value, indent, indent === '' ? '' : '\n')
}

function write(value: JsonValue, indent: string, newline: string): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return goJsonString(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) {
    return wrap(
      '[',
      ']',
      (value as readonly JsonValue[]).map((item) => write(item, indent, newline + indent)),
      newline,
      indent,
    )
  }
  const colon = indent === '' ? ':' : ': '
  const members = membersOf(value as ReadonlyMap<string, JsonValue> | { readonly [key: string]: JsonValue | undefined })
  return wrap(
    '{',
    '}',
    members.map(([key, item]) => goJsonString(key) + colon + write(item, indent, newline + indent)),
    newline,
    indent,
  )
}

function membersOf(
  value: ReadonlyMap<string, JsonValue> | { readonly [key: string]: JsonValue | undefined },
): [string, JsonValue][] {
  if (value instanceof Map) return [...value.entries()].sort(([a], [b]) => compareBytes(a, b))
  return Object.entries(value).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
}

function wrap(open: string, close: string, items: string[], newline: string, indent: string): string {
  if (items.length === 0) return open + close
  return open + newline + indent + items.join(`,${newline}${indent}`) + newline + close
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

const ESCAPED =
  /["\\<>&\u0000-\u001f\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** A JSON string literal with Go's escapes; lone surrogates become `\ufffd`. */
export function goJsonString(text: string): string {
  return `"${text.replace(ESCAPED, escapeUnit)}"`
}

function escapeUnit(unit: string): string {
  const short = SHORT_ESCAPES[unit]
  if (short !== undefined) return short
  const code = unit.charCodeAt(0)
  return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`
}
