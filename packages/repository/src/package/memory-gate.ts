/** Lets work in as long as what all of it holds in memory is within a number of bytes; the others wait in line. */
export class MemoryGate {
  readonly total: number
  #used = 0
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = []

  constructor(total: number) {
    this.total = total
  }

  /** Resolves when there is room for the bytes, at most `total`, to a function that makes room again. */
  enter(bytes: number): Promise<() => void> {
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, enter: () => resolve(() => this.#leave(bytes)) })
      this.#admit()
    })
  }

  #leave(bytes: number): void {
    this.#used -= bytes
    this.#admit()
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#used + next.bytes > this.total) return
      this.#waiting.shift()
      this.#used += next.bytes
      next.enter()
    }
  }
}
