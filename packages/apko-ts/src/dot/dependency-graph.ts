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
  for (const constraint of world) addWorldEntry(graph, file, constraint)
  for (const [index, message] of (failure ?? []).entries()) {
    const name = index === 0 ? '❌ error' : `❌ cause ${index}`
    graph.node(name, { label: message, shape: 'rect' })
    graph.edge(index === 0 ? file : index === 1 ? '❌ error' : `❌ cause ${index - 1}`, name)
  }
  const dependencies = new Set<string>()
  for (const record of packages) addPackage(graph, record, dependencies, spanningTree === true)
  for (const record of packages) addProvides(graph, record, dependencies)
  if (linkOf !== undefined) for (const { name } of packages) graph.node(name, { URL: linkOf(name) })
  return graph
}

function addWorldEntry(graph: Graph, file: string, constraint: string): void {
  graph.node(constraint)
  graph.edge(file, constraint)
  const name = cutVersion(constraint)
  if (name === constraint) return
  graph.node(name)
  graph.edge(constraint, name)
}

function addPackage(graph: Graph, record: PackageRecord, seen: Set<string>, spanningTree: boolean): void {
  graph.node(record.name, { label: `${record.name}-${record.version}`, tooltip: record.description })
  for (const dependency of record.dependencies) {
    const name = cutVersion(dependency)
    const isNew = !seen.has(name)
    seen.add(name)
    seen.add(dependency)
    graph.node(name)
    if (name !== record.name && (isNew || !spanningTree)) graph.edge(record.name, name)
  }
}

function addProvides(graph: Graph, record: PackageRecord, dependencies: ReadonlySet<string>): void {
  for (const provide of record.provides) {
    const name = cutVersion(provide)
    if (!dependencies.has(name) && !dependencies.has(provide)) continue
    if (!dependencies.has(provide)) graph.node(name, { shape: 'rect' })
    const node = dependencies.has(provide) ? provide : name
    if (node !== record.name) graph.edge(node, record.name)
  }
}

/** The part before the first `=`, else before the first `~`; other operators stay, as in apko. */
function cutVersion(constraint: string): string {
  const equals = constraint.indexOf('=')
  if (equals >= 0) return constraint.slice(0, equals)
  const tilde = constraint.indexOf('~')
  return tilde < 0 ? constraint : constraint.slice(0, tilde)
}
