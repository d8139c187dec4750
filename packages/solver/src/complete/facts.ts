import { type Constraint, parseConstraint } from '@apkts/apk'
import type { Candidate } from '../candidate.ts'
import { Exclusions, excludeMissingOnSiblings } from '../exclusions.ts'
import { offers } from '../satisfy.ts'
import { normaliseWorld } from '../solve.ts'
import type { SolveInput } from '../types.ts'
import { type Universe, universeOf } from '../universe.ts'
import type { ClauseInput } from './clause.ts'
import type { Source } from './source.ts'
import { tagScopes } from './tags.ts'

/** What a world and its indexes say, as clauses. Candidates are numbered from 1 in index order. */
export class Facts {
  readonly universe: Universe
  readonly world: readonly Constraint[]
  readonly #numbers: ReadonlyMap<Candidate, number>
  readonly #missing: Exclusions
  readonly #scopes: ReadonlyMap<string, ReadonlySet<Candidate>>
  readonly #offering = new Map<string, readonly Candidate[]>()
  readonly #clauses = new Map<number, readonly ClauseInput<Source>[]>()

  constructor(input: SolveInput) {
    this.universe = universeOf(input.indexes)
    this.world = normaliseWorld(input.world).map((text) => parseConstraint(text))
    this.#numbers = new Map(this.universe.candidates.map((candidate, index) => [candidate, index + 1]))
    this.#missing = new Exclusions(this.universe)
    if (input.siblings !== undefined) excludeMissingOnSiblings(this.#missing, input.siblings)
    this.#scopes = tagScopes(this.universe, this.world)
  }

  get size(): number {
    return this.universe.candidates.length
  }

  candidate(number: number): Candidate {
    return this.universe.candidates[number - 1]!
  }

  number(candidate: Candidate): number {
    return this.#numbers.get(candidate)!
  }

  /** The architecture that does not have this build, of an image for several. */
  missingArch(candidate: Candidate): string | undefined {
    const reason = this.#missing.reason(candidate)
    return reason?.kind === 'architecture' ? reason.arch : undefined
  }

  /** False for a package of a tagged repository that no world entry with that tag can lead to. */
  isInScope(candidate: Candidate): boolean {
    return candidate.tag === '' || this.#scopes.get(candidate.tag)?.has(candidate) === true
  }

  /** The candidates that a tag's world entries can lead to. */
  scope(tag: string): ReadonlySet<Candidate> {
    return this.#scopes.get(tag) ?? new Set()
  }

  /** The candidates that meet a constraint (its `!` is not looked at) and can be installed, in table order. */
  offering(constraint: Constraint): readonly Candidate[] {
    const known = this.#offering.get(constraint.text)
    if (known !== undefined) return known
    const named = new Set(this.universe.byName.get(constraint.name) ?? [])
    const offering = [...named].filter((candidate) => this.isUsable(candidate) && offers(candidate, constraint))
    this.#offering.set(constraint.text, offering)
    return offering
  }

  /** What world entries demand. */
  worldClauses(): ClauseInput<Source>[] {
    return this.world.flatMap((constraint) => this.#demand([], constraint, { kind: 'world', constraint }))
  }

  /** What follows from installing a candidate. */
  clausesFor(number: number): readonly ClauseInput<Source>[] {
    let clauses = this.#clauses.get(number)
    if (clauses === undefined) {
      const candidate = this.candidate(number)
      clauses = [...this.#dependencyClauses(candidate, number), ...this.#rivalClauses(candidate, number)]
      this.#clauses.set(number, clauses)
    }
    return clauses
  }

  /** True when the build exists on every architecture of the image, and its repository's tag was asked for. */
  isUsable(candidate: Candidate): boolean {
    return !this.#missing.has(candidate) && this.isInScope(candidate)
  }

  #dependencyClauses(candidate: Candidate, number: number): ClauseInput<Source>[] {
    return candidate.dependencies.flatMap((constraint) =>
      this.#demand([number], constraint, { kind: 'dependency', candidate, constraint }),
    )
  }

  /** Clauses for a constraint that holds while all of `owners` are installed; a package never conflicts with itself. */
  #demand(owners: readonly number[], constraint: Constraint, source: Source): ClauseInput<Source>[] {
    const given = owners.map((owner) => -owner)
    if (constraint.text.startsWith('!')) {
      const unwanted = this.offering(parseConstraint(constraint.text.slice(1))).map((other) => this.number(other))
      return unwanted
        .filter((other) => !owners.includes(other))
        .map((other) => ({ literals: [...given, -other], source }))
    }
    const offering = this.offering(constraint).map((other) => this.number(other))
    if (offering.some((other) => owners.includes(other))) return []
    return [{ literals: [...given, ...offering], source }]
  }

  #rivalClauses(candidate: Candidate, number: number): ClauseInput<Source>[] {
    const clauses = new Map<Candidate, ClauseInput<Source>>()
    for (const name of new Set([candidate.name, ...candidate.provides.map((provided) => provided.name)])) {
      const isVersioned = givesVersion(candidate, name)
      for (const rival of this.universe.byName.get(name) ?? []) {
        if (rival === candidate || clauses.has(rival) || !(isVersioned || givesVersion(rival, name))) continue
        const source: Source = { kind: 'same-name', name, pair: [candidate, rival] }
        clauses.set(rival, { literals: [-number, -this.number(rival)], source })
      }
    }
    return [...clauses.values()]
  }
}

/** Whether a package is of that name or provides it in a version: then it is the only one that has the name. */
export function givesVersion(candidate: Candidate, name: string): boolean {
  return (
    candidate.name === name || candidate.provides.some((provided) => provided.name === name && provided.version !== '')
  )
}
