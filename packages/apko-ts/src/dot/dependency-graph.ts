import type { PackageRecord } from '@apkts/apk'
import { createGraph, type Graph } from './graph.ts'

export interface DependencyGraphInput {
  /** Path of the configuration, the root node. */
  readonly file: string
  /** Configured packages, as written. */
  readonly world: readonly string[]
  /** In installation order; empty when resolution failed. */
  readonly packages: readonly PackageRecord[]
  /** Draw only the first edge to each dependency. */
  readonly spanningTree?: boolean
  /** Nodes to make before all others, if there are such packages. */
  readonly first?: readonly string[]
  /** Where a node of that name leads when it is clicked on. */
  readonly linkOf?: (name: string) => string
  /** Why there are no packages: the message and its causes. */
  readonly failure?: readonly string[] | undefined
}

/** Dot text of an image's dependencies, node for node as apko prints it. */
export function dependencyGraph(input: DependencyGraphInput): string {
  return buildDependencyGraph(input).toString()
}

/** The same as a graph. */
export function buildDependencyGraph(input: DependencyGraphInput): Graph {
  const { file, world, packages, spanningTree, failure, first = [], linkOf } = input
  const graph = createGraph('images')
  for (const { name } of packages) if (first.includes(name)) graph.node(name)
  graph.node(file)
  const drawn: Drawn = { graph, spanningTree: spanningTree === true, wanted: new Set(), reached: new Set() }
  for (const constraint of world) addWorldEntry(drawn, file, constraint)
  for (const [index, message] of (failure ?? []).entries()) {
    const name = index === 0 ? '❌ error' : `❌ cause ${index}`
    graph.node(name, { label: message, shape: 'rect' })
    graph.edge(index === 0 ? file : index === 1 ? '❌ error' : `❌ cause ${index - 1}`, name)
  }
  for (const record of packages) addPackage(drawn, record)
  for (const record of packages) addProvides(drawn, record)
  if (linkOf !== undefined) for (const { name } of packages) graph.node(name, { URL: linkOf(name) })
  return graph
}

/** A graph under way. */
interface Drawn {
  readonly graph: Graph
  readonly spanningTree: boolean
  /** What the configuration or a package asks for. */
  readonly wanted: Set<string>
  /** Where an edge leads to or, for a provider, comes from: a spanning tree has no second one. */
  readonly reached: Set<string>
}

function addWorldEntry({ graph, wanted }: Drawn, file: string, constraint: string): void {
  graph.node(constraint)
  graph.edge(file, constraint)
  const name = cutVersion(constraint)
  wanted.add(name)
  if (name === constraint) return
  graph.node(name)
  graph.edge(constraint, name)
}

function addPackage(drawn: Drawn, { name, version, description, dependencies }: PackageRecord): void {
  drawn.graph.node(name, { label: `${name}-${version}`, tooltip: description })
  for (const dependency of dependencies.map(cutVersion)) {
    drawn.graph.node(dependency)
    drawn.wanted.add(dependency)
    if (dependency !== name) addEdge(drawn, { from: name, to: dependency, once: dependency })
  }
}

function addProvides(drawn: Drawn, { name, provides }: PackageRecord): void {
  for (const provide of provides) {
    const bare = cutVersion(provide)
    if (drawn.wanted.has(provide)) addEdge(drawn, { from: provide, to: name, once: name })
    else if (drawn.wanted.has(bare)) {
      drawn.graph.node(bare, { shape: 'rect' })
      drawn.graph.edge(bare, name)
    }
  }
}

function addEdge({ graph, spanningTree, reached }: Drawn, edge: { from: string; to: string; once: string }): void {
  if (spanningTree && reached.has(edge.once)) return
  graph.edge(edge.from, edge.to)
  reached.add(edge.once)
}

/** The part before the first `=`, else before the first `~`; other operators stay, as in apko. */
function cutVersion(constraint: string): string {
  const equals = constraint.indexOf('=')
  if (equals >= 0) return constraint.slice(0, equals)
  const tilde = constraint.indexOf('~')
  return tilde < 0 ? constraint : constraint.slice(0, tilde)
}
