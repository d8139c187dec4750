import type { Constraint } from '@apkts/apk'
import type { Candidate } from '../candidate.ts'
import { offers } from '../satisfy.ts'
import type { Universe } from '../universe.ts'
import type { Facts } from './facts.ts'

/** For each tag that the world asks for: the candidates its entries can lead to, over dependencies of any choice. */
export function tagScopes(universe: Universe, world: readonly Constraint[]): Map<string, ReadonlySet<Candidate>> {
  const scopes = new Map<string, ReadonlySet<Candidate>>()
  const isTagged = universe.candidates.some(({ tag }) => tag !== '')
  for (const tag of isTagged ? new Set(world.map(({ pin }) => pin)) : []) {
    if (tag === '') continue
    const roots = world.filter(({ pin }) => pin === tag)
    scopes.set(
      tag,
      reach(roots, (constraint) => named(universe, constraint, tag)),
    )
  }
  return scopes
}

function named(universe: Universe, constraint: Constraint, tag: string): Candidate[] {
  const candidates = universe.byName.get(constraint.name) ?? []
  return candidates.filter(
    (candidate) => (candidate.tag === '' || candidate.tag === tag) && offers(candidate, constraint),
  )
}

function reach(roots: readonly Constraint[], find: (constraint: Constraint) => readonly Candidate[]): Set<Candidate> {
  const reached = new Set(roots.flatMap((constraint) => find(constraint)))
  const asked = new Set<string>()
  for (const candidate of reached) {
    for (const constraint of candidate.dependencies) {
      if (constraint.text.startsWith('!') || asked.has(constraint.text)) continue
      asked.add(constraint.text)
      for (const found of find(constraint)) reached.add(found)
    }
  }
  return reached
}

/** A package of a tagged repository that must go unless one of the leaders is added. */
export interface Unled {
  readonly lost: Candidate
  readonly leaders: readonly Candidate[]
}

/**
 * The first package of a tagged repository in a set to which no world entry with its tag leads within the set.
 * Undefined when all tags are in order.
 */
export function unledByTag(facts: Facts, installed: readonly Candidate[]): Unled | undefined {
  const tags = new Set(installed.map(({ tag }) => tag))
  for (const tag of tags) {
    if (tag === '') continue
    const find = (constraint: Constraint) => installed.filter((candidate) => offers(candidate, constraint))
    const led = reach(
      facts.world.filter(({ pin }) => pin === tag),
      find,
    )
    const lost = installed.find((candidate) => candidate.tag === tag && !led.has(candidate))
    if (lost !== undefined) return leadersOf(facts, lost, installed)
  }
  return undefined
}

/** Any chain to the package must pass through one that is not installed now and needs one of those it hangs together with. */
function leadersOf(facts: Facts, lost: Candidate, installed: readonly Candidate[]): Unled {
  const island = new Set([lost])
  for (const member of island) {
    for (const other of installed) if (needs(other, member)) island.add(other)
  }
  const isInstalled = new Set(installed)
  const leaders = [...facts.scope(lost.tag)].filter(
    (candidate) => !isInstalled.has(candidate) && [...island].some((member) => needs(candidate, member)),
  )
  return { lost, leaders }
}

function needs(candidate: Candidate, other: Candidate): boolean {
  return candidate.dependencies.some((constraint) => !constraint.text.startsWith('!') && offers(other, constraint))
}
