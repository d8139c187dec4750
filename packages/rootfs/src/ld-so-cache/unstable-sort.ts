/**
 * Pattern-defeating quicksort exactly as Go's `slices.SortFunc` does it. The order it leaves equal elements in is part
 * of `/etc/ld.so.cache`, so it has to be this algorithm, step for step.
 */
export function unstableSort<T>(items: T[], compare: (a: T, b: T) => number): void {
  new Sorter(items, compare).run(0, items.length, bitLength(items.length))
}

const INSERTION_LIMIT = 12
const NINTHER_FROM = 50
const MAX_SWAPS = 12
const REPAIRS = 5
const U64 = (1n << 64n) - 1n

type Hint = 'unknown' | 'increasing' | 'decreasing'

class Sorter<T> {
  constructor(
    readonly data: T[],
    readonly compare: (a: T, b: T) => number,
  ) {}

  run(start: number, end: number, depth: number): void {
    let [a, b, limit] = [start, end, depth]
    let balanced = true
    let partitioned = true
    for (;;) {
      const n = b - a
      if (n <= INSERTION_LIMIT) {
        this.#insertionSort(a, b)
        return
      }
      if (limit === 0) {
        this.#heapSort(a, b)
        return
      }
      if (!balanced) {
        this.#shuffle(a, b)
        limit--
      }
      let { pivot, hint } = this.#choosePivot(a, b)
      if (hint === 'decreasing') {
        this.#reverse(a, b)
        pivot = b - 1 - (pivot - a)
        hint = 'increasing'
      }
      if (balanced && partitioned && hint === 'increasing' && this.#almostSorted(a, b)) return
      if (a > 0 && !this.#less(a - 1, pivot)) {
        a = this.#partitionEqual(a, b, pivot)
        continue
      }
      const { middle, already } = this.#partition(a, b, pivot)
      partitioned = already
      const [left, right] = [middle - a, b - middle]
      balanced = Math.min(left, right) >= Math.floor(n / 8)
      if (left < right) {
        this.run(a, middle, limit)
        a = middle + 1
      } else {
        this.run(middle + 1, b, limit)
        b = middle
      }
    }
  }

  #less(i: number, j: number): boolean {
    return this.compare(this.data[i]!, this.data[j]!) < 0
  }

  #swap(i: number, j: number): void {
    const held = this.data[i]!
    this.data[i] = this.data[j]!
    this.data[j] = held
  }

  #insertionSort(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) {
      for (let j = i; j > a && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
    }
  }

  #heapSort(a: number, b: number): void {
    const n = b - a
    for (let i = Math.floor((n - 1) / 2); i >= 0; i--) this.#siftDown(i, n, a)
    for (let i = n - 1; i >= 0; i--) {
      this.#swap(a, a + i)
      this.#siftDown(0, i, a)
    }
  }

  #siftDown(low: number, high: number, first: number): void {
    let root = low
    for (;;) {
      let child = 2 * root + 1
      if (child >= high) return
      if (child + 1 < high && this.#less(first + child, first + child + 1)) child++
      if (!this.#less(first + root, first + child)) return
      this.#swap(first + root, first + child)
      root = child
    }
  }

  #choosePivot(a: number, b: number): { pivot: number; hint: Hint } {
    const n = b - a
    const quarter = Math.floor(n / 4)
    const swaps = { count: 0 }
    let [i, j, k] = [a + quarter, a + quarter * 2, a + quarter * 3]
    if (n >= NINTHER_FROM) {
      i = this.#median(i - 1, i, i + 1, swaps)
      j = this.#median(j - 1, j, j + 1, swaps)
      k = this.#median(k - 1, k, k + 1, swaps)
    }
    const pivot = this.#median(i, j, k, swaps)
    if (swaps.count === 0) return { pivot, hint: 'increasing' }
    return { pivot, hint: swaps.count === MAX_SWAPS ? 'decreasing' : 'unknown' }
  }

  #median(i: number, j: number, k: number, swaps: { count: number }): number {
    let [x, y, z] = [i, j, k]
    if (this.#less(y, x)) {
      ;[x, y] = [y, x]
      swaps.count++
    }
    if (this.#less(z, y)) {
      ;[y, z] = [z, y]
      swaps.count++
    }
    if (this.#less(y, x)) {
      ;[x, y] = [y, x]
      swaps.count++
    }
    return y
  }

  #reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.#swap(i, j)
  }

  #almostSorted(a: number, b: number): boolean {
    let i = a + 1
    for (let repair = 0; repair < REPAIRS; repair++) {
      while (i < b && !this.#less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < NINTHER_FROM) return false
      this.#swap(i, i - 1)
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.#less(j, j - 1); j++) this.#swap(j, j - 1)
    }
    return false
  }

  /** Everything from `a` on is at least the pivot: moves the elements equal to it to the front. */
  #partitionEqual(a: number, b: number, pivot: number): number {
    this.#swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    for (;;) {
      while (i <= j && !this.#less(a, i)) i++
      while (i <= j && this.#less(a, j)) j--
      if (i > j) return i
      this.#swap(i++, j--)
    }
  }

  #partition(a: number, b: number, pivot: number): { middle: number; already: boolean } {
    this.#swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    for (let already = true; ; already = false) {
      while (i <= j && this.#less(i, a)) i++
      while (i <= j && !this.#less(j, a)) j--
      if (i > j) {
        this.#swap(j, a)
        return { middle: j, already }
      }
      this.#swap(i++, j--)
    }
  }

  #shuffle(a: number, b: number): void {
    const n = b - a
    const mask = (1n << BigInt(bitLength(n))) - 1n
    let random = BigInt(n)
    const middle = a + Math.floor(n / 4) * 2
    for (let index = middle - 1; index <= middle + 1; index++) {
      random = (random ^ (random << 13n)) & U64
      random ^= random >> 7n
      random = (random ^ (random << 17n)) & U64
      const other = Number(random & mask)
      this.#swap(index, a + (other >= n ? other - n : other))
    }
  }
}

function bitLength(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log2(value)) + 1
}
