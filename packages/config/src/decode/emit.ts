import type { JsonValue } from '@apkts/encoding'
import { doubleQuoted, literalBlock, scalarStyle, singleQuoted } from './emit-scalar.ts'
import { compareKeys } from './key-order.ts'

/** How YAML is written. */
export interface EmitOptions {
  /** Columns per level. */
  readonly indent: 2 | 4
}

/**
 * YAML text as go-yaml v3 writes it: block style, sequences indented below their key, strings plain where they read
 * back as strings. Object members keep their order (`undefined` is left out); a `Map` is written with sorted keys.
 */
export function emitYaml(value: JsonValue, options: EmitOptions): string {
  const step = options.indent
  if (isInline(value)) return `${inline(value, 0, -step)}\n`
  return Array.isArray(value) ? sequence(value, 0, step) : mapping(membersOf(value as Members), 0, step)
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

function mapping(members: readonly [string, JsonValue][], indent: number, step: number): string {
  const pad = ' '.repeat(indent)
  return members.map(([key, value], index) => (index === 0 ? '' : pad) + member(key, value, indent, step)).join('')
}

/** Longest key that may be followed by a colon on its line (YAML 1.2, simple keys). */
const MAX_SIMPLE_KEY = 128

function member(key: string, value: JsonValue, indent: number, step: number): string {
  if (Buffer.byteLength(key) > MAX_SIMPLE_KEY || key.includes('\n')) {
    const pad = ' '.repeat(indent)
    return `? ${scalar(key, nextIndent(indent, step), indent, false)}\n${pad}: ${itemText(value, indent, step)}`
  }
  const name = scalar(key, 0, 0, true)
  if (isInline(value)) return `${name}: ${inline(value, nextIndent(indent, step), indent)}\n`
  const below = nextIndent(indent, step)
  return `${name}:\n${' '.repeat(below)}${block(value, below, step)}`
}

function block(value: JsonValue, indent: number, step: number): string {
  return Array.isArray(value) ? sequence(value, indent, step) : mapping(membersOf(value as Members), indent, step)
}

function sequence(items: readonly JsonValue[], indent: number, step: number): string {
  const pad = ' '.repeat(indent)
  return items.map((item, index) => `${index === 0 ? '' : pad}- ${itemText(item, indent, step)}`).join('')
}

// What stands behind "- " starts two columns further in, whatever the step is.
function itemText(item: JsonValue, indent: number, step: number): string {
  return isInline(item) ? `${inline(item, indent + 2, indent)}\n` : block(item, indent + 2, step)
}

// Levels align to multiples of the step, also below list items.
function nextIndent(indent: number, step: number): number {
  return step * Math.floor((indent + step) / step)
}

function inline(value: JsonValue, indent: number, parent: number): string {
  if (typeof value === 'string') return scalar(value, indent, parent, false)
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? '[]' : '{}'
}

/** `parent`: the column of the collection that the string is in. */
function scalar(text: string, indent: number, parent: number, isKey: boolean): string {
  switch (scalarStyle(text, isKey)) {
    case 'plain':
      return text
    case 'single':
      return singleQuoted(text)
    case 'double':
      return doubleQuoted(text)
    case 'literal':
      return literalBlock(text, ' '.repeat(indent), indent - parent)
  }
}
