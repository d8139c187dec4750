/** Draws that depend on a seed alone: the same seed gives the same case on every machine. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  }

  /** A fraction from 0 up to but not including 1 (mulberry32). */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(values: readonly T[]): T {
    return values[this.int(0, values.length - 1)]!
  }

  /** Between `least` and `most` of the values, each at most once, in random order. */
  some<T>(values: readonly T[], least: number, most: number): T[] {
    const rest = [...values]
    const count = Math.min(this.int(least, most), rest.length)
    return Array.from({ length: count }, () => rest.splice(this.int(0, rest.length - 1), 1)[0]!)
  }

  /** Between `least` and `most` values that `make` gives. */
  list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.int(least, most) }, (_, index) => make(index))
  }

  /** An object with one member or none: `{ ...random.maybe(0.5, { a: 1 }) }`. */
  maybe<T extends object>(probability: number, value: T | (() => T)): Partial<T> {
    if (!this.chance(probability)) return {}
    return typeof value === 'function' ? (value as () => T)() : value
  }
}
