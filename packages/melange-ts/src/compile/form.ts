import type { JsonValue } from '@apkts/encoding'

/** The two serialised forms: the output of `compile`, and `.melange.yaml`. */
export type Form = 'json' | 'yaml'

export type Members = { readonly [key: string]: JsonValue | undefined }

/** A section that JSON always shows and YAML leaves out when nothing in it is set. */
export function section(members: Members, form: Form): Members | undefined {
  const isEmpty = Object.values(members).every((member) => member === undefined)
  return isEmpty && form === 'yaml' ? undefined : members
}

export function text(value: string): string | undefined {
  return value === '' ? undefined : value
}

export function flag(value: boolean): true | undefined {
  return value || undefined
}

export function list(values: readonly JsonValue[]): readonly JsonValue[] | undefined {
  return values.length === 0 ? undefined : values
}

export function map(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> | undefined {
  const entries = Object.entries(values)
  return entries.length === 0 ? undefined : new Map(entries)
}
