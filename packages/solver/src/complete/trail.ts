import type { Clause, Literal } from './clause.ts'

/** What holds at a moment of a search, in the order it was found, with the decision it depends on and the clause it follows from. */
export class Trail<Source> {
  readonly #literals: Literal[] = []
  /** Where each decision begins. */
  readonly #starts: number[] = []
  readonly #values: Int8Array
  readonly #levels: Int32Array
  readonly #reasons: (Clause<Source> | undefined)[]
  #unchanged = 0

  constructor(size: number) {
    this.#values = new Int8Array(size + 1)
    this.#levels = new Int32Array(size + 1)
    this.#reasons = new Array(size + 1)
  }

  get length(): number {
    return this.#literals.length
  }

  /** Number of decisions that stand. */
  get level(): number {
    return this.#starts.length
  }

  at(index: number): Literal {
    return this.#literals[index]!
  }

  isTrue(literal: Literal): boolean {
    return this.#values[Math.abs(literal)] === Math.sign(literal)
  }

  isFalse(literal: Literal): boolean {
    return this.#values[Math.abs(literal)] === -Math.sign(literal)
  }

  levelOf(literal: Literal): number {
    return this.#levels[Math.abs(literal)]!
  }

  reasonOf(literal: Literal): Clause<Source> | undefined {
    return this.#reasons[Math.abs(literal)]
  }

  decide(literal: Literal): void {
    this.#starts.push(this.#literals.length)
    this.#push(literal, undefined)
  }

  imply(literal: Literal, reason: Clause<Source>): void {
    this.#push(literal, reason)
  }

  backTo(level: number): void {
    const start = this.#starts[level]
    if (start === undefined) return
    for (let i = start; i < this.#literals.length; i++) {
      const candidate = Math.abs(this.#literals[i]!)
      this.#values[candidate] = 0
      this.#reasons[candidate] = undefined
    }
    this.#literals.length = start
    this.#starts.length = level
    this.#unchanged = Math.min(this.#unchanged, start)
  }

  /** Number of literals at the beginning that are the same as at the last call. */
  takeUnchanged(): number {
    const unchanged = this.#unchanged
    this.#unchanged = this.#literals.length
    return unchanged
  }

  installed(): number[] {
    return this.#literals.filter((literal) => literal > 0)
  }

  #push(literal: Literal, reason: Clause<Source> | undefined): void {
    const candidate = Math.abs(literal)
    this.#values[candidate] = Math.sign(literal)
    this.#levels[candidate] = this.#starts.length
    this.#reasons[candidate] = reason
    this.#literals.push(literal)
  }
}
