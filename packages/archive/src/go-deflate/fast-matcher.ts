import { HASH_BITS, hash4, hash7 } from './fast-hash.ts'
import { MAX_LENGTH, WINDOW_SIZE } from './symbols.ts'
import type { Tokens } from './tokens.ts'

/** The search stays so far from the end that eight bytes can be read beyond it. */
const MARGIN = 11
/** One more byte is skipped for every 2^6 bytes without a match. */
const SKIP_SHIFT = 6
/** From this length on, a match is not improved by a look at its end. */
const LONG_ENOUGH = 30
/** How many bytes at its beginning a match found by its end need not share. */
const FORGIVEN = 2
/** Inside matches, every third place is entered. */
const COVER_STEP = 3
/** Stands for no place: out of reach from everywhere. */
const NOWHERE = -2 * WINDOW_SIZE

/**
 * Finds matches as the level 5 encoder of klauspost/compress does: one table of the last place with the same 4 bytes, one
 * of the last two places with the same 7 bytes, and steps that grow where nothing is found. Places are indexes into
 * `bytes`, which holds what may be referred to followed by what is to be compressed.
 */
export class FastMatcher {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #short = new Int32Array(1 << HASH_BITS).fill(NOWHERE)
  /** Pairs: last place, the one before. */
  readonly #long = new Int32Array(2 << HASH_BITS).fill(NOWHERE)
  // What the search has found.
  #at = 0
  #candidate = 0
  /** Length of the match, or 0 where it is only known to be 4 or more. */
  #length = 0
  /** The place after `at` that would have been searched next; it is in the tables. */
  #next = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /**
   * Adds tokens for the bytes from `start` to `end`; matches may begin anywhere before. Adds none at all when nothing
   * matches.
   */
  tokenize(tokens: Tokens, start: number, end: number): void {
    const limit = end - MARGIN
    let emitted = start
    let from = start
    while (from < limit && this.#search(from, emitted, limit)) {
      this.#extend(end)
      if (this.#length < LONG_ENOUGH && this.#at + this.#length < limit) this.#tryEnd(end)
      this.#extendBackwards(emitted)
      tokens.addLiterals(this.#bytes, emitted, this.#at)
      tokens.addLongMatch(this.#length, this.#at - this.#candidate)
      emitted = this.#at + this.#length
      from = Math.max(emitted, this.#next + 1)
      if (from < limit) this.#cover(from - this.#length + 1, from)
    }
    if (tokens.count > 0) tokens.addLiterals(this.#bytes, emitted, end)
  }

  /** Looks for the first place from `from` on that matches an earlier one. Hot path: this loop runs for every literal. */
  #search(from: number, emitted: number, limit: number): boolean {
    const view = this.#view
    const short = this.#short
    const long = this.#long
    let next = from
    let word = view.getInt32(next, true)
    let shortSlot = hash4(word)
    let longSlot = hash7(word, view.getInt32(next + 3, true)) << 1
    for (;;) {
      const at = next
      next = at + 1 + ((at - emitted) >> SKIP_SHIFT)
      if (next > limit) return false
      const shortPlace = short[shortSlot]!
      const longPlace = long[longSlot]!
      const longOlder = long[longSlot + 1]!
      short[shortSlot] = at
      long[longSlot + 1] = longPlace
      long[longSlot] = at
      const nextWord = view.getInt32(next, true)
      shortSlot = hash4(nextWord)
      longSlot = hash7(nextWord, view.getInt32(next + 3, true)) << 1
      if (at - longPlace < WINDOW_SIZE) {
        if (view.getInt32(longPlace, true) === word) {
          this.#next = next
          return this.#chooseLong(at, longPlace, longOlder, limit)
        }
        if (at - longOlder < WINDOW_SIZE && view.getInt32(longOlder, true) === word) {
          this.#next = next
          this.#enterBoth(next)
          return this.#found(at, longOlder, 0)
        }
      }
      if (at - shortPlace < WINDOW_SIZE && view.getInt32(shortPlace, true) === word) {
        this.#next = next
        return this.#chooseShort(at, shortPlace, limit)
      }
      word = nextWord
    }
  }

  #found(at: number, candidate: number, length: number): true {
    this.#at = at
    this.#candidate = candidate
    this.#length = length
    return true
  }

  #enterLong(place: number, slot: number): void {
    const long = this.#long
    long[slot + 1] = long[slot]!
    long[slot] = place
  }

  #matches(at: number, candidate: number): boolean {
    return at - candidate < WINDOW_SIZE && this.#view.getInt32(at, true) === this.#view.getInt32(candidate, true)
  }

  /** Of two places with the same 7-byte hash the one with the longer match, the newer one if equal. */
  #chooseLong(at: number, newer: number, older: number, limit: number): true {
    this.#enterBoth(this.#next)
    if (!this.#matches(at, older)) return this.#found(at, newer, 0)
    const end = limit + MARGIN
    const newerLength = this.#boundedLength(at, newer, end)
    const olderLength = this.#boundedLength(at, older, end)
    return olderLength > newerLength ? this.#found(at, older, olderLength) : this.#found(at, newer, newerLength)
  }

  /** A match known by 4 bytes only gives way to a longer one at the next place, if that is known by 7 bytes. */
  #chooseShort(at: number, candidate: number, limit: number): true {
    const next = this.#next
    const end = limit + MARGIN
    const length = this.#boundedLength(at, candidate, end)
    const slot = this.#longSlot(next)
    const newer = this.#long[slot]!
    const older = this.#long[slot + 1]!
    this.#enterBoth(next)
    if (next - newer < WINDOW_SIZE) {
      for (const place of [newer, older]) {
        if (!this.#matches(next, place)) continue
        const nextLength = this.#boundedLength(next, place, end)
        if (nextLength > length) return this.#found(next, place, nextLength)
      }
    }
    return this.#found(at, candidate, length)
  }

  /** Length of a match of 4 or more bytes, as far as one code can say it. */
  #boundedLength(at: number, candidate: number, end: number): number {
    return this.#commonLength(at, candidate, Math.min(end, at + MAX_LENGTH))
  }

  #extend(end: number): void {
    if (this.#length === 0 || this.#length === MAX_LENGTH) {
      this.#length = this.#commonLength(this.#at, this.#candidate, end)
    }
  }

  /** What follows the match may have occurred after a longer one that differs in its first bytes. */
  #tryEnd(end: number): void {
    const view = this.#view
    const after = this.#at + this.#length
    const slot = hash7(view.getInt32(after, true), view.getInt32(after + 3, true)) << 1
    const candidate = this.#long[slot]! - this.#length + FORGIVEN
    const at = this.#at + FORGIVEN
    const distance = at - candidate
    if (candidate < 0 || distance <= 0 || distance >= WINDOW_SIZE) return
    const length = this.#commonLength(at, candidate, end)
    if (length > this.#length) this.#found(at, candidate, length)
  }

  #extendBackwards(emitted: number): void {
    const bytes = this.#bytes
    while (this.#candidate > 0 && this.#at > emitted && bytes[this.#candidate - 1] === bytes[this.#at - 1]) {
      this.#at--
      this.#candidate--
      this.#length++
    }
  }

  /** Enters some of the places between `first` and `end`, both tables in turn, and the last one before `end` into both. */
  #cover(first: number, end: number): void {
    const view = this.#view
    const short = this.#short
    const last = end - 1
    if (first < last) {
      this.#enterBoth(first)
      this.#enterLong(first + 1, this.#longSlot(first + 1))
      short[hash4(view.getInt32(first + 2, true))] = first + 2
      for (let place = first + 4; place < last; place += COVER_STEP) {
        this.#enterLong(place, this.#longSlot(place))
        short[hash4(view.getInt32(place + 1, true))] = place + 1
      }
    }
    this.#enterBoth(last)
  }

  #enterBoth(place: number): void {
    this.#short[hash4(this.#view.getInt32(place, true))] = place
    this.#enterLong(place, this.#longSlot(place))
  }

  #longSlot(place: number): number {
    return hash7(this.#view.getInt32(place, true), this.#view.getInt32(place + 3, true)) << 1
  }

  /** How many bytes from `at` to `end` equal those from `candidate` on. */
  #commonLength(at: number, candidate: number, end: number): number {
    const view = this.#view
    const back = at - candidate
    let place = at
    for (; place + 4 <= end; place += 4) {
      const difference = view.getInt32(place, true) ^ view.getInt32(place - back, true)
      if (difference !== 0) return place - at + ((31 - Math.clz32(difference & -difference)) >> 3)
    }
    while (place < end && this.#bytes[place] === this.#bytes[place - back]) place++
    return place - at
  }
}
