import { type Clause, type ClauseInput, type Literal, Watches } from './clause.ts'
import { Trail } from './trail.ts'

/** What is searched: clauses that come with candidates, and what to try next. */
export interface Problem<Source> {
  /** Number of candidates. */
  readonly size: number
  /** Clauses that hold from the start. */
  readonly initial: readonly ClauseInput<Source>[]
  /** Clauses about a candidate that is to be installed; asked once per search and candidate. */
  clausesFor(candidate: number): readonly ClauseInput<Source>[]
  /** A candidate to install next; undefined when everything asked for is there. */
  decide(trail: Trail<Source>): number | undefined
}

export type Outcome<Source> =
  | { readonly kind: 'solved'; readonly installed: readonly number[] }
  /** Clauses that contradict each other: a part of the problem that has no solution by itself. */
  | { readonly kind: 'contradiction'; readonly core: readonly ClauseInput<Source>[] }
  /** Gave up after that many dead ends. */
  | { readonly kind: 'limit'; readonly conflicts: number }

/**
 * Conflict-driven search: what follows is followed, else the problem decides; at a dead end the clause that explains it
 * is learned, and decisions that have no part in it are taken back with it. Deterministic. What is neither decided nor
 * implied is not installed.
 */
export class Search<Source> {
  readonly #trail: Trail<Source>
  readonly #watches = new Watches<Source>()
  readonly #expanded: Uint8Array
  #head = 0
  #conflicts = 0
  #broken: Clause<Source> | undefined

  constructor(
    readonly problem: Problem<Source>,
    readonly maxConflicts: number,
  ) {
    this.#trail = new Trail(problem.size)
    this.#expanded = new Uint8Array(problem.size + 1)
    for (const input of problem.initial) this.add(input)
  }

  /** Adds a clause, also one that the set found does not meet; `run` then goes on from there. */
  add(input: ClauseInput<Source>): void {
    const clause = this.#attach(input)
    const [first, second] = clause.literals
    if (first === undefined || this.#trail.isFalse(first)) {
      this.#backTo(first === undefined ? 0 : this.#trail.levelOf(first))
      this.#broken ??= clause
    } else if (!this.#trail.isTrue(first) && (second === undefined || this.#trail.isFalse(second))) {
      this.#backTo(second === undefined ? 0 : this.#trail.levelOf(second))
      this.#trail.imply(first, clause)
    }
  }

  run(): Outcome<Source> {
    for (;;) {
      const broken = this.#broken ?? this.#propagate()
      this.#broken = undefined
      if (broken !== undefined) {
        if (this.#trail.level === 0) return { kind: 'contradiction', core: this.#coreOf(broken) }
        if (++this.#conflicts > this.maxConflicts) return { kind: 'limit', conflicts: this.maxConflicts }
        this.#learn(broken)
        continue
      }
      const next = this.problem.decide(this.#trail)
      if (next === undefined) return { kind: 'solved', installed: this.#trail.installed() }
      this.#trail.decide(next)
    }
  }

  #backTo(level: number): void {
    this.#trail.backTo(level)
    this.#head = Math.min(this.#head, this.#trail.length)
  }

  /** Follows everything that is implied; returns the clause that is broken, if one is. */
  #propagate(): Clause<Source> | undefined {
    while (this.#head < this.#trail.length) {
      const literal = this.#trail.at(this.#head++)
      const broken = this.#visit(-literal) ?? this.#expand(literal)
      if (broken !== undefined) return broken
    }
    return undefined
  }

  #visit(refuted: Literal): Clause<Source> | undefined {
    const watching = this.#watches.of(refuted)
    let broken: Clause<Source> | undefined
    let kept = 0
    for (const clause of watching) {
      if (broken === undefined && this.#watches.move(clause, refuted, this.#trail)) continue
      watching[kept++] = clause
      if (broken === undefined && this.#follow(clause)) broken = clause
    }
    watching.length = kept
    return broken
  }

  /** Implies a clause's first literal when no other may hold; true when that one cannot hold either. */
  #follow(clause: Clause<Source>): boolean {
    const [first, second] = clause.literals
    if (first === undefined || this.#trail.isFalse(first)) return true
    const isLast = second === undefined || this.#trail.isFalse(second)
    if (isLast && !this.#trail.isTrue(first)) this.#trail.imply(first, clause)
    return false
  }

  #expand(literal: Literal): Clause<Source> | undefined {
    if (literal < 0 || this.#expanded[literal] === 1) return undefined
    this.#expanded[literal] = 1
    let broken: Clause<Source> | undefined
    for (const input of this.problem.clausesFor(literal)) {
      const clause = this.#attach(input)
      if (broken === undefined && this.#follow(clause)) broken = clause
    }
    return broken
  }

  /** Watches the literals that may still hold; of refuted ones those refuted last. */
  #attach({ literals, source }: ClauseInput<Source>): Clause<Source> {
    const rank = (literal: Literal) => (this.#trail.isFalse(literal) ? this.#trail.levelOf(literal) : FREE)
    const clause = { literals: [...literals].sort((a, b) => rank(b) - rank(a)), source }
    this.#watches.attach(clause)
    return clause
  }

  /** Learns the clause that explains a dead end (first unique implication point) and goes back to where it implies something. */
  #learn(broken: Clause<Source>): void {
    const clause = this.#explain(broken)
    this.#watches.attach(clause)
    const [first, second] = clause.literals
    this.#backTo(second === undefined ? 0 : this.#trail.levelOf(second))
    this.#trail.imply(first!, clause)
  }

  #explain(broken: Clause<Source>): Clause<Source> {
    const trail = this.#trail
    const seen = new Set<number>()
    const from = [broken]
    const earlier: Literal[] = []
    let open = 0
    for (let i = trail.length, clause = broken; ; ) {
      for (const literal of clause.literals) {
        const level = trail.levelOf(literal)
        if (level === 0 || seen.has(Math.abs(literal))) continue
        seen.add(Math.abs(literal))
        if (level === trail.level) open++
        else earlier.push(literal)
      }
      do i--
      while (!seen.has(Math.abs(trail.at(i))))
      if (--open === 0) {
        earlier.sort((a, b) => trail.levelOf(b) - trail.levelOf(a))
        return { literals: [-trail.at(i), ...earlier], from }
      }
      clause = trail.reasonOf(trail.at(i))!
      from.push(clause)
    }
  }

  /** The clauses a contradiction without any decision was derived from. */
  #coreOf(broken: Clause<Source>): ClauseInput<Source>[] {
    const seen = new Set([broken])
    const add = (clause: Clause<Source> | undefined) => clause !== undefined && seen.add(clause)
    const core: ClauseInput<Source>[] = []
    for (const { literals, source, from = [] } of seen) {
      if (source !== undefined) core.push({ literals, source })
      for (const clause of from) add(clause)
      for (const literal of literals) if (this.#trail.levelOf(literal) === 0) add(this.#trail.reasonOf(literal))
    }
    return core
  }
}

const FREE = Number.MAX_SAFE_INTEGER
