import { isAlias, isScalar, type Node } from 'yaml'
import { ConfigError, type ConfigErrorCode } from '../error.ts'
import { resolveScalar, type ScalarText } from './convert.ts'
import type { SourceDocument } from './document.ts'
import type { Places } from './places.ts'

/** State of one decoding. */
export interface Decoding {
  readonly document: SourceDocument
  readonly lenientKeys: boolean
  readonly problems: ConfigError[]
  readonly places: Places
  decodes: number
  aliasDecodes: number
  aliasDepth: number
}

export type Path = readonly (string | number)[]

/** Adds a problem at a node. */
export function report(
  state: Decoding,
  code: ConfigErrorCode,
  message: string,
  node: Node | null | undefined,
  hint?: string,
): void {
  state.problems.push(new ConfigError(code, message, { at: state.document.locate(offsetOf(node)), hint }))
}

/** `subpackages[0].name` */
export function pathText(path: Path): string {
  if (path.length === 0) return 'the document'
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}

/** The text of a scalar node; undefined for a collection. */
export function scalarText(node: Node): ScalarText | undefined {
  if (!isScalar(node)) return undefined
  const text = node.source ?? ''
  return { text, plain: node.type === 'PLAIN' || node.type === undefined, tag: shortTag(node.tag) }
}

function shortTag(tag: string | undefined): string | undefined {
  return tag?.replace(/^tag:yaml\.org,2002:/, '!!')
}

export function isNull(state: Decoding, node: Node | null | undefined): boolean {
  const target = isAlias(node) ? state.document.aliases.get(node) : node
  if (target === null || target === undefined) return true
  const scalar = scalarText(target)
  return scalar !== undefined && resolveScalar(scalar).kind === 'null'
}

/** The node itself, or what an alias stands for. */
export function dealias(state: Decoding, node: Node): Node | undefined {
  return isAlias(node) ? state.document.aliases.get(node) : node
}

export function offsetOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0
}

const MIN_ALIAS_DECODES = 100
const MIN_DECODES = 1000
const ALIAS_LIMITS = { low: { decodes: 400_000, ratio: 0.99 }, high: { decodes: 4_000_000, ratio: 0.1 } } as const

// A document may lean on aliases as much as it likes while small; large ones must consist of mostly literal nodes.
export function countDecode(state: Decoding, node: Node): void {
  state.decodes++
  if (state.aliasDepth > 0) state.aliasDecodes++
  if (state.aliasDecodes <= MIN_ALIAS_DECODES || state.decodes <= MIN_DECODES) return
  if (state.aliasDecodes / state.decodes > allowedAliasRatio(state.decodes)) {
    const at = state.document.locate(offsetOf(node))
    throw new ConfigError('YAML_ALIAS_BOMB', 'the document expands to too many nodes by its aliases', { at })
  }
}

function allowedAliasRatio(decodes: number): number {
  const { low, high } = ALIAS_LIMITS
  if (decodes <= low.decodes) return low.ratio
  if (decodes >= high.decodes) return high.ratio
  return low.ratio - (low.ratio - high.ratio) * ((decodes - low.decodes) / (high.decodes - low.decodes))
}
