import type { Location } from '@apkts/diagnostics'

export type ScalarKind = 'string' | 'uint32' | 'uint64' | 'int' | 'bool' | 'duration'

/** What the JSON Schema says of a member beyond its type: what later checks refuse, and values to propose. */
export interface Hints {
  readonly required?: boolean
  readonly enum?: readonly (string | number)[]
  readonly minimum?: number
  readonly pattern?: string
  readonly minLength?: number
  readonly default?: string | number | boolean
  readonly examples?: readonly (string | number)[]
}

export interface Field {
  /** Property of the decoded value. */
  readonly property: string
  /** Key in the YAML text. */
  readonly key: string
  readonly type: Type<unknown>
  readonly description: string | undefined
  readonly hints?: Hints | undefined
}

/** What a type is made of; read by the decoder and the JSON Schema writer. */
export type Shape =
  | { readonly kind: 'scalar'; readonly scalar: ScalarKind }
  | { readonly kind: 'list' | 'map' | 'optional'; readonly item: Type<unknown> }
  | {
      readonly kind: 'struct'
      readonly name: string
      readonly fields: readonly Field[]
      readonly byKey: ReadonlyMap<string, Field>
    }
  | { readonly kind: 'lazy'; readonly get: () => Type<unknown> }
  | { readonly kind: 'converted'; readonly item: Type<unknown>; readonly convert: (value: never) => unknown }
  | { readonly kind: 'place'; readonly of: string | undefined; readonly members?: boolean }

/** Describes YAML that decodes to `T`. */
export interface Type<out T> {
  readonly shape: Shape
  readonly produces?: (() => T) | undefined
}

/** The TypeScript type a description decodes to. */
export type Infer<X> = X extends Type<infer T> ? T : never

interface Keyed<T> {
  readonly type: Type<T>
  readonly key: string | undefined
  readonly description: string | undefined
  readonly hints?: Hints | undefined
}

type Member = Type<unknown> | Keyed<unknown>
type MemberValue<M> = M extends Keyed<infer T> ? T : M extends Type<infer T> ? T : never
type Flatten<T> = { [K in keyof T]: T[K] }
type OptionalKeys<F> = { [K in keyof F]: undefined extends MemberValue<F[K]> ? K : never }[keyof F]
type StructValue<F> = Flatten<
  { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: MemberValue<F[K]> } & {
    readonly [K in OptionalKeys<F>]?: MemberValue<F[K]>
  }
>

function scalar<T>(kind: ScalarKind): Type<T> {
  return { shape: { kind: 'scalar', scalar: kind } }
}

function struct<F extends Readonly<Record<string, Member>>>(name: string, members: F): Type<StructValue<F>> {
  const fields = Object.entries(members).map(([property, member]): Field => {
    const keyed: Keyed<unknown> = 'shape' in member ? { type: member, key: undefined, description: undefined } : member
    const { type, description, hints } = keyed
    return { property, key: keyed.key ?? property, type, description, hints }
  })
  const byKey = new Map(fields.filter((field) => !isPlace(field.type)).map((field) => [field.key, field]))
  return { shape: { kind: 'struct', name, fields, byKey } }
}

function isPlace(type: Type<unknown>): boolean {
  return type.shape.kind === 'place'
}

/**
 * Descriptions of YAML values. One description gives the decoder, the TypeScript type (`Infer`) and the JSON Schema.
 * Absent and null values decode to zero values: `''`, `0`, `false`, `[]`, `{}`, a struct of zero values.
 */
export const y = {
  /** Any scalar; the text as written, without normalisation. */
  string: scalar<string>('string'),
  uint32: scalar<number>('uint32'),
  uint64: scalar<bigint>('uint64'),
  /** A signed whole number that a double holds exactly. */
  int: scalar<number>('int'),
  bool: scalar<boolean>('bool'),
  /** Go duration text; nanoseconds. */
  duration: scalar<bigint>('duration'),
  listOf: <T>(item: Type<T>): Type<readonly T[]> => ({ shape: { kind: 'list', item } }),
  /** A mapping with free keys; the record has no prototype surprises, also for keys such as `__proto__`. */
  mapOf: <T>(item: Type<T>): Type<Readonly<Record<string, T>>> => ({ shape: { kind: 'map', item } }),
  /** A mapping with known keys. `name` is the section's name in messages. A member's key is its property name unless `key` says otherwise. */
  struct,
  /** Absent or null decodes to undefined instead of the zero value. */
  optional: <T>(item: Type<T>): Type<T | undefined> => ({ shape: { kind: 'optional', item } }),
  /** For recursive descriptions. */
  lazy: <T>(get: () => Type<T>): Type<T> => ({ shape: { kind: 'lazy', get } }),
  /** Applies a total function to the decoded value, also to the zero value of absent ones. */
  converted: <S, T>(item: Type<S>, convert: (value: S) => T): Type<T> => ({
    shape: { kind: 'converted', item, convert },
  }),
  /** A member whose YAML key differs from its property name, or that has a description for editors. */
  key: <T>(key: string, type: Type<T>, description?: string, hints?: Hints): Keyed<T> => ({
    type,
    key,
    description,
    hints,
  }),
  described: <T>(description: string, type: Type<T>, hints?: Hints): Keyed<T> => ({
    type,
    key: undefined,
    description,
    hints,
  }),
  /** Not read from a key: the place of the mapping itself. */
  place: { shape: { kind: 'place', of: undefined } } as Type<Location | undefined>,
  /** Not read from a key: the places of the values of the mapping that `key` has. */
  placesOf: (key: string): Type<Readonly<Record<string, Location>> | undefined> => ({
    shape: { kind: 'place', of: key, members: true },
  }),
  /** Not read from a key: the place where the text of the value of `key` begins (a block scalar's first content line). */
  placeOf: (key: string): Type<Location | undefined> => ({ shape: { kind: 'place', of: key } }),
}

/** The value of an absent key. */
export function zeroOf(type: Type<unknown>): unknown {
  const { shape } = type
  switch (shape.kind) {
    case 'scalar':
      return zeroScalar(shape.scalar)
    case 'list':
      return []
    case 'map':
      return {}
    case 'optional':
    case 'place':
      return undefined
    case 'lazy':
      return zeroOf(shape.get())
    case 'converted':
      return shape.convert(zeroOf(shape.item) as never)
    case 'struct':
      return Object.fromEntries(
        shape.fields.map((field) => [field.property, zeroOf(field.type)]).filter(([, value]) => value !== undefined),
      )
  }
}

/** The value of an absent scalar of that kind. */
export function zeroScalar(kind: ScalarKind): string | number | bigint | boolean {
  if (kind === 'string') return ''
  if (kind === 'bool') return false
  return kind === 'uint64' || kind === 'duration' ? 0n : 0
}
