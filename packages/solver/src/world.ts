import type { Constraint } from '@apkts/apk'
import type { Candidate } from './candidate.ts'
import type { Exclusions } from './exclusions.ts'
import { excludeRivals } from './exclusions.ts'
import { failNoCandidate } from './failure.ts'
import { filterCandidates } from './filter.ts'
import { bestCandidate, NOTHING_TAKEN } from './prefer.ts'

/**
 * Takes a record for every world entry, always for the entry with the fewest candidates left (the first of them on a
 * tie), and excludes the rivals of what was taken. Returns the records by name, in the order they were taken.
 *
 * Candidate counts are kept up to date as records become excluded, so the work is near linear in the world's size.
 */
export function takeWorld(exclusions: Exclusions, world: readonly Constraint[]): Map<string, Candidate> {
  const chosen = new Map<string, Candidate>()
  const entries = world.map((constraint, order) => openEntry(exclusions, constraint, order))
  const queue = new EntryQueue(entries)
  const stop = exclusions.watch(countDown(entries, queue))
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    const left = entry.candidates.filter((candidate) => !exclusions.has(candidate))
    const { constraint } = entry
    if (left.length === 0) failNoCandidate(exclusions, { chain: [], constraint }, { prefer: constraint.pin })
    const { taken } = bestCandidate(left, { ...NOTHING_TAKEN, name: constraint.name, pin: constraint.pin })
    chosen.set(taken.name, taken)
    excludeRivals(exclusions, taken)
  }
  stop()
  return chosen
}

interface Entry {
  readonly constraint: Constraint
  readonly order: number
  readonly candidates: readonly Candidate[]
  /** Candidates not excluded; a record listed twice counts twice. */
  left: number
  done: boolean
}

function openEntry(exclusions: Exclusions, constraint: Constraint, order: number): Entry {
  const candidates = filterCandidates(exclusions, constraint, { prefer: constraint.pin })
  return { constraint, order, candidates, left: candidates.length, done: false }
}

function countDown(entries: readonly Entry[], queue: EntryQueue): (candidate: Candidate) => void {
  const users = new Map<Candidate, Entry[]>()
  for (const entry of entries) {
    for (const candidate of entry.candidates) {
      const list = users.get(candidate)
      if (list === undefined) users.set(candidate, [entry])
      else list.push(entry)
    }
  }
  return (candidate) => {
    for (const entry of users.get(candidate) ?? []) {
      entry.left--
      queue.push(entry)
    }
  }
}

/** A binary heap of entries by (candidates left, world order). Counts only fall, so an entry is pushed again when its does. */
class EntryQueue {
  readonly #heap: { readonly left: number; readonly entry: Entry }[] = []

  constructor(entries: readonly Entry[]) {
    for (const entry of entries) this.push(entry)
  }

  push(entry: Entry): void {
    if (entry.done) return
    const heap = this.#heap
    let at = heap.push({ left: entry.left, entry }) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(at, parent)) break
      this.#swap(at, parent)
      at = parent
    }
  }

  /** The first entry not done, which then is. Items whose count has fallen since they were pushed are stale and dropped. */
  pop(): Entry | undefined {
    for (;;) {
      const top = this.#removeTop()
      if (top === undefined) return undefined
      if (top.entry.done || top.left !== top.entry.left) continue
      top.entry.done = true
      return top.entry
    }
  }

  #removeTop(): { left: number; entry: Entry } | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return top
    heap[0] = last
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) return top
      if (child + 1 < heap.length && this.#before(child + 1, child)) child++
      if (!this.#before(child, at)) return top
      this.#swap(at, child)
      at = child
    }
  }

  #before(a: number, b: number): boolean {
    const x = this.#heap[a]!
    const y = this.#heap[b]!
    return x.left < y.left || (x.left === y.left && x.entry.order < y.entry.order)
  }

  #swap(a: number, b: number): void {
    const held = this.#heap[a]!
    this.#heap[a] = this.#heap[b]!
    this.#heap[b] = held
  }
}
