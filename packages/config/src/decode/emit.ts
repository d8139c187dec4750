import type { JsonValue } from '@apkts/encoding'
import { BREAK, doubleQuoted, literalBlock, scalarStyle, singleQuoted } from './emit-scalar.ts'
import { compareKeys } from './key-order.ts'

/** How YAML is written. */
export interface EmitOptions {
  /** Columns per level. */
  readonly indent: 2 | 4
  /** Texts that begin with a line break lose it, as in go-yaml; what is written then means something else. */
  readonly losesBreak?: boolean
}

/**
 * YAML text as go-yaml v3 writes it: block style, sequences indented below their key, strings plain where they read
 * back as strings. Object members keep their order (`undefined` is left out); a `Map` is written with sorted keys.
 */
export function emitYaml(value: JsonValue, options: EmitOptions): string {
  const style = { step: options.indent, losesBreak: options.losesBreak ?? false }
  if (isInline(value)) return `${inline(value, 0, -style.step, style)}\n`
  return Array.isArray(value) ? sequence(value, 0, style) : mapping(membersOf(value as Members), 0, style)
}

interface Style {
  /** Columns per level. */
  readonly step: number
  readonly losesBreak: boolean
}

type Members = ReadonlyMap<string, JsonValue> | { readonly [key: string]: JsonValue | undefined }

function membersOf(value: Members): [string, JsonValue][] {
  if (value instanceof Map) return [...value.entries()].sort(([a], [b]) => compareKeys(a, b))
  return Object.entries(value).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
}

function isInline(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Array.isArray(value) ? value.length === 0 : membersOf(value as Members).length === 0
}

function mapping(members: readonly [string, JsonValue][], indent: number, style: Style): string {
  const pad = ' '.repeat(indent)
  return members.map(([key, value], index) => (index === 0 ? '' : pad) + member(key, value, indent, style)).join('')
}

/** Longest key that may be followed by a colon on its line (YAML 1.2, simple keys). */
const MAX_SIMPLE_KEY = 128

function member(key: string, value: JsonValue, indent: number, style: Style): string {
  if (Buffer.byteLength(key) > MAX_SIMPLE_KEY || BREAK.test(key)) {
    const pad = ' '.repeat(indent)
    return `? ${scalar(key, nextIndent(indent, style.step), { parent: indent, isKey: false, style })}\n${pad}: ${itemText(value, indent, style)}`
  }
  const name = scalar(key, 0, { parent: 0, isKey: true, style })
  if (isInline(value)) return `${name}: ${inline(value, nextIndent(indent, style.step), indent, style)}\n`
  const below = nextIndent(indent, style.step)
  return `${name}:\n${' '.repeat(below)}${block(value, below, style)}`
}

function block(value: JsonValue, indent: number, style: Style): string {
  return Array.isArray(value) ? sequence(value, indent, style) : mapping(membersOf(value as Members), indent, style)
}

function sequence(items: readonly JsonValue[], indent: number, style: Style): string {
  const pad = ' '.repeat(indent)
  return items.map((item, index) => `${index === 0 ? '' : pad}- ${itemText(item, indent, style)}`).join('')
}

// What stands behind "- " starts two columns further in, whatever the step is.
function itemText(item: JsonValue, indent: number, style: Style): string {
  return isInline(item) ? `${inline(item, indent + 2, indent, style)}\n` : block(item, indent + 2, style)
}

// Levels align to multiples of the step, also below list items.
function nextIndent(indent: number, step: number): number {
  return step * Math.floor((indent + step) / step)
}

function inline(value: JsonValue, indent: number, parent: number, style: Style): string {
  if (typeof value === 'string') return scalar(value, indent, { parent, isKey: false, style })
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? '[]' : '{}'
}

interface Place {
  /** Column of the collection that the string is in. */
  readonly parent: number
  readonly isKey: boolean
  readonly style: Style
}

function scalar(text: string, indent: number, { parent, isKey, style }: Place): string {
  switch (scalarStyle(text, isKey)) {
    case 'plain':
      return text
    case 'single':
      return singleQuoted(text)
    case 'double':
      return doubleQuoted(text)
    case 'literal':
      return literalBlock(text, ' '.repeat(indent), { deeper: indent - parent, losesBreak: style.losesBreak })
  }
}
