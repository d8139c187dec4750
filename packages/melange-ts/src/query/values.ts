import { compareBytes, formatGoDuration } from '@apkts/encoding'

/** A value of Go, as far as templates see it. `undefined` is no value: a missing entry of a map. */
export type GoValue =
  | undefined
  | string
  | number
  | bigint
  | boolean
  | readonly GoValue[]
  | GoMap
  | GoStruct
  | GoDuration
  | GoNil

/** A pointer to nothing. */
export interface GoNil {
  readonly kind: 'nil'
}

const NIL: GoNil = { kind: 'nil' }

/** A map, or a missing entry of one. */
export interface GoMap {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, GoValue>
}

export interface GoStruct {
  readonly kind: 'struct'
  /** In declaration order. */
  readonly fields: ReadonlyMap<string, GoValue>
  readonly methods: ReadonlyMap<string, (args: readonly GoValue[]) => GoValue>
}

export interface GoDuration {
  readonly kind: 'duration'
  readonly nanos: bigint
}

/** A struct; fields without a value are pointers to nothing. */
export function goStruct(
  fields: Readonly<Record<string, GoValue>>,
  methods: Readonly<Record<string, (args: readonly GoValue[]) => GoValue>> = {},
): GoStruct {
  const entries = Object.entries(fields).map(([name, value]) => [name, value ?? NIL] as const)
  return { kind: 'struct', fields: new Map(entries), methods: new Map(Object.entries(methods)) }
}

export function goMap(record: Readonly<Record<string, GoValue>>): GoMap {
  return { kind: 'map', entries: new Map(Object.entries(record).sort(([a], [b]) => compareBytes(a, b))) }
}

export function isList(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value)
}

export function isMap(value: GoValue): value is GoMap {
  return typeof value === 'object' && 'kind' in value && value.kind === 'map'
}

export function isStruct(value: GoValue): value is GoStruct {
  return typeof value === 'object' && 'kind' in value && value.kind === 'struct'
}

export function isDuration(value: GoValue): value is GoDuration {
  return typeof value === 'object' && 'kind' in value && value.kind === 'duration'
}

export function isNil(value: GoValue): value is GoNil {
  return value === NIL
}

/** What `if` and `with` ask: not zero and not empty; a struct always counts. */
export function isTrue(value: GoValue): boolean {
  if (isList(value)) return value.length > 0
  if (isMap(value)) return value.entries.size > 0
  if (isStruct(value)) return true
  if (isNil(value)) return false
  if (isDuration(value)) return value.nanos !== 0n
  return Boolean(value)
}

/** The text of Go's `%v`. */
export function formatValue(value: GoValue): string {
  if (value === undefined || isNil(value)) return '<nil>'
  if (isList(value)) return `[${value.map(formatValue).join(' ')}]`
  if (isMap(value)) return `map[${[...value.entries].map(([key, item]) => `${key}:${formatValue(item)}`).join(' ')}]`
  if (isStruct(value)) return `{${[...value.fields.values()].map(formatValue).join(' ')}}`
  if (isDuration(value)) return formatGoDuration(value.nanos)
  return String(value)
}
