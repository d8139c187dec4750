import { type Constraint, parseConstraint } from '@apkts/apk'
import type { Candidate } from '../candidate.ts'
import { Chooser } from './chooser.ts'
import type { ClauseInput } from './clause.ts'
import type { Facts } from './facts.ts'
import type { Problem } from './search.ts'
import type { Source } from './source.ts'
import type { Unled } from './tags.ts'
import type { Trail } from './trail.ts'

/** Something that must be there: a world entry, a dependency of an installed package, one of several builds. */
interface Demand {
  readonly constraint: Constraint
  readonly candidates: readonly Candidate[]
}

/** What is asked for besides the world: see `install-if.ts`. */
export interface Additions {
  readonly kept: readonly Candidate[]
  /** For each name, the builds that would do. */
  readonly wanted: ReadonlyMap<string, readonly Candidate[]>
}

const NOTHING: Additions = { kept: [], wanted: new Map() }

/**
 * The search for a world: entries with few candidates are decided first, then the dependencies of what is installed, in
 * the order in which it was. Of several candidates the preferred one is tried first.
 */
export class WorldProblem implements Problem<Source> {
  readonly size: number
  readonly initial: readonly ClauseInput<Source>[]
  readonly #facts: Facts
  readonly #chooser: Chooser
  readonly #roots: readonly Demand[]
  readonly #demands = new Map<number, readonly Demand[]>()
  /** How many demands were met when each decision was made: roots, then literals of the trail. */
  readonly #marks: number[] = [0]
  readonly #unled: Unled[] = []

  constructor(facts: Facts, { kept, wanted }: Additions = NOTHING) {
    this.#facts = facts
    this.#chooser = new Chooser(facts)
    this.size = facts.size
    this.#roots = rootsOf(facts, wanted)
    this.initial = [
      ...kept.map((candidate) => ({
        literals: [facts.number(candidate)],
        source: { kind: 'kept', candidate } as const,
      })),
      ...facts.worldClauses(),
      ...[...wanted].map(([name, builds]) => ({
        literals: builds.map((build) => facts.number(build)),
        source: { kind: 'install-if', name } as const,
      })),
    ]
  }

  clausesFor(candidate: number): readonly ClauseInput<Source>[] {
    return this.#facts.clausesFor(candidate)
  }

  /** Demands a leader for a package of a tagged repository; returns the clause to add to the search. */
  demandLeader(unled: Unled): ClauseInput<Source> {
    this.#unled.push(unled)
    const leaders = unled.leaders.map((candidate) => this.#facts.number(candidate))
    return { literals: [-this.#facts.number(unled.lost), ...leaders], source: { kind: 'tag', candidate: unled.lost } }
  }

  decide(trail: Trail<Source>): number | undefined {
    this.#marks.length = trail.level + 1
    const demand = this.#openDemand(trail) ?? this.#openLead(trail)
    if (demand === undefined) return undefined
    const left = demand.candidates.filter((candidate) => !trail.isFalse(this.#facts.number(candidate)))
    this.#chooser.follow(trail)
    return this.#facts.number(this.#chooser.best(demand.constraint, left))
  }

  #openDemand(trail: Trail<Source>): Demand | undefined {
    const total = this.#roots.length + trail.length
    for (let mark = this.#marks.at(-1)!; mark < total; mark++) {
      const open = this.#demandsAt(mark, trail).find((demand) => !this.#isMet(demand, trail))
      if (open === undefined) continue
      this.#marks.push(mark)
      return open
    }
    return undefined
  }

  #openLead(trail: Trail<Source>): Demand | undefined {
    for (const { lost, leaders } of this.#unled) {
      if (!trail.isTrue(this.#facts.number(lost))) continue
      const demand = { constraint: parseConstraint(lost.name), candidates: leaders }
      if (this.#isMet(demand, trail)) continue
      this.#marks.push(this.#marks.at(-1)!)
      return demand
    }
    return undefined
  }

  #demandsAt(mark: number, trail: Trail<Source>): readonly Demand[] {
    const root = this.#roots[mark]
    if (root !== undefined) return [root]
    const literal = trail.at(mark - this.#roots.length)
    return literal < 0 ? [] : this.#demandsOf(literal)
  }

  #isMet({ candidates }: Demand, trail: Trail<Source>): boolean {
    return candidates.some((candidate) => trail.isTrue(this.#facts.number(candidate)))
  }

  #demandsOf(number: number): readonly Demand[] {
    let demands = this.#demands.get(number)
    if (demands === undefined) {
      const { dependencies } = this.#facts.candidate(number)
      demands = dependencies.flatMap((constraint) => demandOf(this.#facts, constraint))
      this.#demands.set(number, demands)
    }
    return demands
  }
}

function rootsOf(facts: Facts, wanted: Additions['wanted']): Demand[] {
  const entries = facts.world.flatMap((constraint) => demandOf(facts, constraint))
  entries.sort((a, b) => a.candidates.length - b.candidates.length)
  return [...entries, ...[...wanted].map(([name, candidates]) => ({ constraint: parseConstraint(name), candidates }))]
}

function demandOf(facts: Facts, constraint: Constraint): Demand[] {
  if (constraint.text.startsWith('!')) return []
  return [{ constraint, candidates: facts.offering(constraint) }]
}
