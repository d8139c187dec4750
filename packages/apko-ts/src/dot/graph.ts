/** A Graphviz digraph whose nodes and edges are printed in the order in which they were first made. */
export interface Graph {
  /** Makes the node, or adds attributes to it. */
  node(name: string, attributes?: Readonly<Record<string, string>>): void
  edge(from: string, to: string): void
  hasNode(name: string): boolean
  toString(): string
  /** Nodes with their attributes, and edges. */
  toJSON(): object
}

type Line =
  | { readonly kind: 'node'; readonly name: string; readonly attributes: Map<string, string> }
  | { readonly kind: 'edge'; readonly from: string; readonly to: string }

export function createGraph(name: string): Graph {
  const lines: Line[] = []
  const nodes = new Map<string, Map<string, string>>()
  return {
    node(nodeName, attributes = {}) {
      let known = nodes.get(nodeName)
      if (known === undefined) {
        known = new Map()
        nodes.set(nodeName, known)
        lines.push({ kind: 'node', name: nodeName, attributes: known })
      }
      for (const [key, value] of Object.entries(attributes)) known.set(key, value)
    },
    edge: (from, to) => void lines.push({ kind: 'edge', from, to }),
    hasNode: (nodeName) => nodes.has(nodeName),
    toString: () =>
      [`digraph ${quote(name)} {`, 'graph [', '  rankdir=LR;', '];', ...lines.map(formatLine), '}', '', ''].join('\n'),
    toJSON: () => ({
      nodes: lines.flatMap((line) =>
        line.kind === 'node' ? [{ name: line.name, ...Object.fromEntries(line.attributes) }] : [],
      ),
      edges: lines.flatMap((line) => (line.kind === 'edge' ? [{ from: line.from, to: line.to }] : [])),
    }),
  }
}

function formatLine(line: Line): string {
  if (line.kind === 'edge') return `${quote(line.from)} -> ${quote(line.to)}`
  const attributes = [...line.attributes].sort(([a], [b]) => (a < b ? -1 : 1))
  if (attributes.length === 0) return `${quote(line.name)};`
  return `${quote(line.name)} [${attributes.map(([key, value]) => `${key}=${quote(value)}`).join(', ')}];`
}

const KEYWORDS = new Set(['graph', 'digraph', 'subgraph', 'node', 'edge', 'strict'])
const BARE = /^(?:[_a-zA-Z][a-zA-Z0-9_,:"]*[a-zA-Z0-9_,"]+|[_a-zA-Z][a-zA-Z0-9_,]*)$/

/** An identifier of the dot language, double-quoted unless it may stand bare. */
export function quote(text: string): string {
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"')
  if (KEYWORDS.has(text) || isQuoted || BARE.test(text)) return text
  return `"${text.replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`
}
