import { isMap, isScalar, isSeq, parseDocument, type Scalar, type YAMLMap } from 'yaml'
import type { TextEdit } from './text-edits.ts'

/** The root mapping of a recipe that has been loaded before, for edits that keep its layout. */
export function parseForEdit(text: string): YAMLMap | undefined {
  const { contents } = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' })
  return isMap(contents) ? contents : undefined
}

export function childMap(map: YAMLMap | undefined, key: string): YAMLMap | undefined {
  const child = map?.get(key, true)
  return isMap(child) ? child : undefined
}

export function childScalar(map: YAMLMap | undefined, key: string): Scalar | undefined {
  const child = map?.get(key, true)
  return isScalar(child) ? child : undefined
}

export function textOf(map: YAMLMap | undefined, key: string): string | undefined {
  return childScalar(map, key)?.source
}

/** Every step in the subtree that uses the definition, in the order of the text. */
export function stepsUsing(root: unknown, uses: string): YAMLMap[] {
  if (isSeq(root)) return root.items.flatMap((item) => stepsUsing(item, uses))
  if (!isMap(root)) return []
  const nested = root.items.flatMap(({ value }) => stepsUsing(value, uses))
  return textOf(root, 'uses') === uses ? [root, ...nested] : nested
}

/** Replaces a scalar, keeping its quotes; a plain one becomes quoted when the new text would read as a number. */
export function replaceScalar(scalar: Scalar, value: string, quote?: '"'): TextEdit {
  const [start, end] = scalar.range ?? [0, 0]
  const own = scalar.type === 'QUOTE_SINGLE' ? "'" : scalar.type === 'QUOTE_DOUBLE' ? '"' : ''
  const mark = quote ?? (own === '' && /^[0-9]+(?:[eE][0-9]+)?$/.test(value) ? '"' : own)
  return { start, end, text: `${mark}${value}${mark}` }
}
