import { didYouMean, type Location, throwProblems } from '@apkts/diagnostics'
import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml'
import { convertScalar, resolveScalar } from './convert.ts'
import { parseFirstDocument, type Source } from './document.ts'
import { collectEntries, type Entry } from './entries.ts'
import { createPlaces } from './places.ts'
import { countDecode, type Decoding, isNull, offsetOf, type Path, pathText, report, scalarText } from './state.ts'
import { type Field, type ScalarKind, type Shape, type Type, zeroOf, zeroScalar } from './types.ts'

/** How strict decoding is. */
export interface DecodeOptions {
  /** Ignore unknown keys instead of reporting them. Duplicate keys stay errors. */
  readonly lenientKeys?: boolean
}

/** A value decoded from YAML that remembers where each part stands. */
export interface Decoded<T> {
  readonly value: T
  readonly source: Source
  /** Place of the value at that path of properties and indexes, or of its nearest part that is in the text. */
  locate(path: readonly (string | number)[]): Location | undefined
  /** Properties present in the text of a decoded struct (absent and zero values look alike otherwise). */
  presentKeys(value: object): ReadonlySet<string>
  /** The document was nothing but a null. */
  readonly isNull: boolean
}

/**
 * Decodes the first YAML document strictly. The conversion of a scalar depends on the type of its field alone.
 * Throws `ConfigError` for a syntax error; all type errors, unknown and duplicate keys together otherwise
 * (`DiagnosticErrors` when there are several).
 */
export function decodeYaml<T>(source: Source, type: Type<T>, options: DecodeOptions = {}): Decoded<T> {
  const document = parseFirstDocument(source)
  const state: Decoding = {
    document,
    lenientKeys: options.lenientKeys ?? false,
    problems: [],
    places: createPlaces(),
    decodes: 0,
    aliasDecodes: 0,
    aliasDepth: 0,
  }
  const value = decodeNode(state, document.root, type, []) as T
  throwProblems(state.problems.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0)))
  return {
    value,
    source,
    locate: (path) => {
      const offset = state.places.find(value, path)
      return offset === undefined ? undefined : document.locate(offset)
    },
    presentKeys: (object) => state.places.keysOf(object),
    isNull: document.root === null || isNull(state, document.root),
  }
}

function decodeNode(state: Decoding, node: Node | null | undefined, type: Type<unknown>, path: Path): unknown {
  if (node === null || node === undefined) return zeroOf(type)
  countDecode(state, node)
  if (!isAlias(node)) return decodeShape(state, node, type.shape, path)
  const target = state.document.aliases.get(node)
  if (target === undefined) return zeroOf(type)
  state.aliasDepth++
  const value = decodeNode(state, target, type, path)
  state.aliasDepth--
  return value
}

function decodeShape(state: Decoding, node: Node, shape: Shape, path: Path): unknown {
  switch (shape.kind) {
    case 'scalar':
      return decodeScalar(state, node, shape.scalar, path)
    case 'list':
      return decodeList(state, node, shape.item, path)
    case 'map':
      return decodeMap(state, node, shape.item, path)
    case 'struct':
      return decodeStruct(state, node, shape, path)
    case 'optional':
      return isNull(state, node) ? undefined : decodeShape(state, node, shape.item.shape, path)
    case 'lazy':
      return decodeShape(state, node, shape.get().shape, path)
    case 'converted':
      return shape.convert(decodeShape(state, node, shape.item.shape, path) as never)
    case 'place':
      return undefined
  }
}

function decodeScalar(state: Decoding, node: Node, kind: ScalarKind, path: Path): unknown {
  const scalar = scalarText(node)
  if (scalar === undefined)
    return wrongType(state, node, path, kind === 'string' ? 'text' : WANTED[kind], zeroScalar(kind))
  if (kind === 'string' && resolveScalar(scalar).kind === 'null') return ''
  const converted = convertScalar(kind, scalar)
  return converted.ok ? converted.value : wrongType(state, node, path, converted.expected, zeroScalar(kind))
}

const WANTED = {
  uint32: 'a whole number',
  uint64: 'a whole number',
  int: 'a whole number',
  bool: 'true or false',
  duration: 'a duration',
} as const

function decodeList(state: Decoding, node: Node, item: Type<unknown>, path: Path): readonly unknown[] {
  if (isNull(state, node)) return []
  if (!isSeq(node)) return wrongType(state, node, path, 'a list', [])
  const list: unknown[] = []
  const offsets = new Map<string | number, number>()
  for (const element of node.items as Node[]) {
    // Null elements vanish; they do not become empty strings.
    if (isNull(state, element)) continue
    offsets.set(list.length, offsetOf(element))
    list.push(decodeNode(state, element, item, [...path, list.length]))
  }
  state.places.record(list, offsetOf(node), offsets)
  return list
}

function decodeMap(state: Decoding, node: Node, item: Type<unknown>, path: Path): Readonly<Record<string, unknown>> {
  if (isNull(state, node)) return {}
  if (!isMap(node)) return wrongType(state, node, path, 'a mapping', {})
  const record: Record<string, unknown> = {}
  const offsets = new Map<string | number, number>()
  for (const entry of collectEntries(state, node, path)) {
    if (entry.key === undefined) continue
    offsets.set(entry.key, offsetOf(entry.value ?? entry.keyNode))
    setOwn(record, entry.key, decodeNode(state, entry.value, item, [...path, entry.key]))
  }
  state.places.record(record, offsetOf(node), offsets)
  return record
}

function decodeStruct(state: Decoding, node: Node, shape: Shape & { kind: 'struct' }, path: Path): unknown {
  if (isNull(state, node)) return zeroOf({ shape })
  if (!isMap(node)) return wrongType(state, node, path, `a mapping (${shape.name})`, zeroOf({ shape }))
  const entries = new Map<string, Entry>()
  for (const entry of collectEntries(state, node, path)) {
    const field = entry.key === undefined ? undefined : shape.byKey.get(entry.key)
    if (field !== undefined) entries.set(field.key, entry)
    else if (!state.lenientKeys) reportUnknownKey(state, entry, shape)
  }
  return buildStruct(state, node, shape, entries, path)
}

function buildStruct(
  state: Decoding,
  node: Node,
  shape: Shape & { kind: 'struct' },
  entries: ReadonlyMap<string, Entry>,
  path: Path,
): unknown {
  const value: Record<string, unknown> = {}
  const offsets = new Map<string | number, number>()
  for (const field of shape.fields) {
    const decoded = decodeField(state, node, field, entries, path)
    if (decoded !== undefined) value[field.property] = decoded
    const entry = field.type.shape.kind === 'place' ? undefined : entries.get(field.key)
    if (entry !== undefined) offsets.set(field.property, offsetOf(entry.value ?? entry.keyNode))
  }
  state.places.record(value, offsetOf(node), offsets)
  return value
}

function decodeField(
  state: Decoding,
  node: Node,
  field: Field,
  entries: ReadonlyMap<string, Entry>,
  path: Path,
): unknown {
  const { shape } = field.type
  if (shape.kind === 'place') {
    const of = shape.of === undefined ? node : entries.get(shape.of)?.value
    return shape.members ? placesOf(state, of) : placeOf(state, of)
  }
  const entry = entries.get(field.key)
  return entry === undefined ? zeroOf(field.type) : decodeNode(state, entry.value, field.type, [...path, field.key])
}

function placesOf(state: Decoding, node: Node | null | undefined): Readonly<Record<string, Location>> | undefined {
  const target = isAlias(node) ? state.document.aliases.get(node) : node
  if (!isMap(target)) return undefined
  const places: Record<string, Location> = {}
  for (const { key, value } of target.items as { key: Node; value: Node | null }[]) {
    const name = scalarText(key)?.text
    if (name !== undefined) setOwn(places, name, state.document.locate(offsetOf(value ?? key)))
  }
  return places
}

function placeOf(state: Decoding, node: Node | null | undefined): Location | undefined {
  if (node === null || node === undefined) return undefined
  const target = isAlias(node) ? (state.document.aliases.get(node) ?? node) : node
  const place = state.document.locate(offsetOf(target))
  const isBlock = isScalar(target) && (target.type === 'BLOCK_LITERAL' || target.type === 'BLOCK_FOLDED')
  return isBlock ? { file: place.file, line: (place.line ?? 0) + 1 } : place
}

/** Sets an own property whatever its name is, `__proto__` included. */
export function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
}

function wrongType<T>(state: Decoding, node: Node, path: Path, expected: string, zero: T): T {
  report(state, 'WRONG_TYPE', `${pathText(path)}: expected ${expected}, found ${describe(state, node)}`, node)
  return zero
}

function describe(state: Decoding, node: Node): string {
  if (isMap(node)) return 'a mapping'
  if (isSeq(node)) return 'a list (sequence)'
  const scalar = scalarText(node)
  if (scalar === undefined || isNull(state, node)) return 'nothing'
  const text = scalar.text.length > 40 ? `${scalar.text.slice(0, 40)}…` : scalar.text
  return scalar.plain ? text : `the text ${JSON.stringify(text)}`
}

function reportUnknownKey(state: Decoding, entry: Entry, shape: Shape & { kind: 'struct' }): void {
  const key = entry.key ?? 'null'
  report(
    state,
    'UNKNOWN_KEY',
    `unknown key "${key}" in ${shape.name}`,
    entry.keyNode,
    didYouMean(key, shape.byKey.keys()),
  )
}
