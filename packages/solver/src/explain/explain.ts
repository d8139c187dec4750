import { normaliseWorld } from '../solve.ts'
import type { Resolved } from '../types.ts'
import { type Link, linksOf } from './links.ts'

/** A package of a solution, and what it is there for. */
export interface Explained {
  readonly resolved: Resolved
  /** What brought it in; following `by` from package to package ends at a world entry. */
  readonly broughtBy: Link
  /** What else in the solution it satisfies. */
  readonly alsoFor: readonly Link[]
  /** The packages it brought in, in installation order. */
  readonly brought: readonly Resolved[]
}

/** For each package of a solution what brought it in. */
export type Explanation = ReadonlyMap<Resolved, Explained>

/**
 * Explains a solution: a tree with the world at its root in which every package hangs below what the resolver took it
 * for. Where those reasons run in a circle, or lead to a package that was dropped in the end, a package hangs below
 * the first thing that needs it.
 */
export function explainSolution(packages: readonly Resolved[], world: readonly string[]): Explanation {
  const links = linksOf(packages, normaliseWorld(world))
  const parents = settle(packages, links)
  const brought = new Map<Resolved, Resolved[]>(packages.map((resolved) => [resolved, []]))
  for (const resolved of packages) {
    const by = parents.get(resolved)?.by
    if (by !== undefined) brought.get(by)?.push(resolved)
  }
  return new Map(packages.map((resolved) => [resolved, explained(resolved, { links, parents, brought })]))
}

/** The links from the world entry down to a package, the world entry first. */
export function chainOf(explanation: Explanation, resolved: Resolved): Link[] {
  const chain: Link[] = []
  for (let at: Resolved | undefined = resolved; at !== undefined; ) {
    const link: Link | undefined = explanation.get(at)?.broughtBy
    if (link === undefined) break
    chain.unshift(link)
    at = link.by
  }
  return chain
}

interface Found {
  readonly links: ReadonlyMap<Resolved, readonly Link[]>
  readonly parents: ReadonlyMap<Resolved, Link>
  readonly brought: ReadonlyMap<Resolved, readonly Resolved[]>
}

function explained(resolved: Resolved, { links, parents, brought }: Found): Explained {
  const broughtBy = parents.get(resolved) ?? ownReason(resolved, undefined)
  const alsoFor = (links.get(resolved) ?? []).filter((link) => !isSame(link, broughtBy))
  return { resolved, broughtBy, alsoFor, brought: brought.get(resolved) ?? [] }
}

function isSame(a: Link, b: Link): boolean {
  return a.by === b.by && a.constraint === b.constraint
}

/** One link for every package, such that all of them lead to the world where that is possible. */
function settle(packages: readonly Resolved[], links: Found['links']): Map<Resolved, Link> {
  const byBuild = new Map(packages.map((resolved) => [buildOf(resolved), resolved]))
  const wanted = packages.map((resolved) => ({
    resolved,
    link: ownReason(resolved, byBuild.get(resolved.reason.requiredBy ?? '')),
  }))
  const parents = new Map<Resolved, Link>()
  let open = wanted
  for (;;) {
    open = settleReasons(open, parents)
    const next = open.find(({ resolved }) => anchoredLink(links.get(resolved) ?? [], parents) !== undefined)
    if (next === undefined) break
    parents.set(next.resolved, anchoredLink(links.get(next.resolved) ?? [], parents)!)
  }
  return parents
}

interface Wanted {
  readonly resolved: Resolved
  readonly link: Link
}

/** Settles what leads to the world by the resolver's own reasons; returns what does not. */
function settleReasons(wanted: readonly Wanted[], parents: Map<Resolved, Link>): Wanted[] {
  const children = new Map<Resolved | undefined, Wanted[]>()
  for (const item of wanted) {
    if (parents.has(item.resolved)) continue
    const under = item.link.kind === 'world' ? undefined : item.link.by
    if (item.link.kind !== 'world' && under === undefined) continue
    const siblings = children.get(under)
    if (siblings === undefined) children.set(under, [item])
    else siblings.push(item)
  }
  const queue: (Resolved | undefined)[] = [undefined, ...parents.keys()]
  for (const parent of queue) {
    for (const { resolved, link } of children.get(parent) ?? []) {
      if (parents.has(resolved)) continue
      parents.set(resolved, link)
      queue.push(resolved)
    }
  }
  return wanted.filter(({ resolved }) => !parents.has(resolved))
}

function anchoredLink(links: readonly Link[], parents: ReadonlyMap<Resolved, Link>): Link | undefined {
  return links.find(({ by }) => by === undefined || parents.has(by))
}

function ownReason({ reason }: Resolved, by: Resolved | undefined): Link {
  return { kind: reason.kind, constraint: reason.constraint, by: reason.kind === 'world' ? undefined : by }
}

function buildOf({ record }: Resolved): string {
  return `${record.name}-${record.version}`
}
