import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml'
import { resolveScalar } from './convert.ts'
import { countDecode, type Decoding, dealias, offsetOf, type Path, pathText, report, scalarText } from './state.ts'

/** One member of a mapping; `key` is undefined for a null key. */
export interface Entry {
  readonly key: string | undefined
  readonly keyNode: Node
  readonly value: Node | null
}

/** Entries of a mapping in order, merge keys resolved: explicit keys win, of several merged maps the earlier one. Reports duplicates. */
export function collectEntries(state: Decoding, map: YAMLMap, path: Path): Entry[] {
  const explicit: Entry[] = []
  const merges: Node[] = []
  const seen = new Map<string, Node>()
  for (const pair of map.items as { key: Node; value: Node | null }[]) {
    const keyNode = dealias(state, pair.key) ?? pair.key
    const scalar = scalarText(keyNode)
    if (scalar === undefined) {
      report(state, 'WRONG_TYPE', `${pathText(path)}: expected text as key, found a collection`, pair.key)
      continue
    }
    const first = seen.get(scalar.text)
    if (first === undefined) seen.set(scalar.text, pair.key)
    else reportDuplicate(state, scalar.text, first, pair.key)
    if (isMergeKey(keyNode)) merges.push(pair.value ?? pair.key)
    else {
      const isNull = resolveScalar(scalar).kind === 'null'
      explicit.push({ key: isNull ? undefined : scalar.text, keyNode: pair.key, value: pair.value })
    }
  }
  return merges.length === 0 ? explicit : withMerged(state, explicit, merges, path)
}

function withMerged(state: Decoding, explicit: Entry[], merges: readonly Node[], path: Path): Entry[] {
  const known = new Set(explicit.map((entry) => entry.key))
  const entries = [...explicit]
  for (const map of merges.flatMap((node) => mergedMaps(state, node, path))) {
    // Merges of merges multiply like aliases do.
    state.aliasDepth++
    countDecode(state, map)
    const merged = collectEntries(state, map, path)
    state.aliasDepth--
    for (const entry of merged) {
      if (known.has(entry.key)) continue
      known.add(entry.key)
      entries.push(entry)
    }
  }
  return entries
}

function mergedMaps(state: Decoding, node: Node, path: Path): YAMLMap[] {
  const target = dealias(state, node)
  if (isMap(target)) return [target]
  const items = isSeq(target) ? (target.items as Node[]).map((item) => dealias(state, item)) : undefined
  if (items?.every((item) => isMap(item))) return items as YAMLMap[]
  report(state, 'BAD_MERGE', `${pathText(path)}: expected a mapping or a list of mappings after the merge key <<`, node)
  return []
}

function isMergeKey(node: Node): boolean {
  if (!isScalar(node) || node.value !== '<<') return false
  return node.tag === undefined ? node.type === 'PLAIN' : /(^!|merge)$/.test(node.tag)
}

function reportDuplicate(state: Decoding, key: string, first: Node, second: Node): void {
  const { line } = state.document.locate(offsetOf(first))
  report(state, 'DUPLICATE_KEY', `the key "${key}" is already defined on line ${line}`, second, 'remove one of the two')
}
