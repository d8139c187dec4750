import type { Trail } from './trail.ts'

/** Candidates are numbered from 1; a literal is such a number, negative for "not installed". */
export type Literal = number

/** One of its literals must hold. */
export interface ClauseInput<Source> {
  readonly literals: readonly Literal[]
  /** What the clause was made of; kept to say which constraints contradict each other. */
  readonly source: Source
}

/** A clause in a search. The first two literals are watched. */
export interface Clause<Source> {
  readonly literals: Literal[]
  readonly source?: Source
  /** For a learned clause: the clauses it follows from. */
  readonly from?: readonly Clause<Source>[]
}

/** Clauses by watched literal. */
export class Watches<Source> {
  readonly #lists = new Map<Literal, Clause<Source>[]>()

  of(literal: Literal): Clause<Source>[] {
    let list = this.#lists.get(literal)
    if (list === undefined) {
      list = []
      this.#lists.set(literal, list)
    }
    return list
  }

  attach(clause: Clause<Source>): void {
    const [first, second] = clause.literals
    if (first !== undefined) this.of(first).push(clause)
    if (second !== undefined) this.of(second).push(clause)
  }

  /** Makes a clause watch another literal instead of a refuted one, which else comes second; false when it must stay. */
  move(clause: Clause<Source>, refuted: Literal, trail: Trail<Source>): boolean {
    const { literals } = clause
    if (literals.length < 2) return false
    if (literals[0] === refuted) {
      literals[0] = literals[1]!
      literals[1] = refuted
    }
    if (trail.isTrue(literals[0]!)) return false
    for (let i = 2; i < literals.length; i++) {
      const literal = literals[i]!
      if (trail.isFalse(literal)) continue
      literals[1] = literal
      literals[i] = refuted
      this.of(literal).push(clause)
      return true
    }
    return false
  }
}
