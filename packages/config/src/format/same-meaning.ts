import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'

/** True when two trees have the same collections, scalars, kinds of scalars, anchors and tags. */
export function sameMeaning(a: Node | null | undefined, b: Node | null | undefined): boolean {
  if (!a || !b) return !a === !b
  if (a.tag !== b.tag || propsOf(a) !== propsOf(b)) return false
  if (isScalar(a)) return isScalar(b) && a.value === b.value && a.type === b.type
  if (isAlias(a)) return isAlias(b) && a.source === b.source
  if (isSeq(a)) return isSeq(b) && sameItems(a.items as Node[], b.items as Node[], sameMeaning)
  if (!isMap(a)) return false
  return isMap(b) && sameItems(a.items as NodePair[], b.items as NodePair[], samePair)
}

type NodePair = Pair<Node, Node | null>

function samePair(a: NodePair, b: NodePair): boolean {
  return sameMeaning(a.key, b.key) && sameMeaning(a.value, b.value)
}

function sameItems<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((item, at) => same(item, b[at]!))
}

function propsOf(node: Node): string | undefined {
  return 'anchor' in node ? (node.anchor as string | undefined) : undefined
}
