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
  /** Matches end here at the latest. */
  #end = 0
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
    this.#end = end
    let emitted = start
    let from = start
    while (from < limit && this.#search(from, emitted, limit)) {
      this.#extend()
      if (this.#length < LONG_ENOUGH && this.#at + this.#length < limit) this.#tryEnd()
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
      const isNear = at - longPlace < WINDOW_SIZE
      const isNewer = isNear && view.getInt32(longPlace, true) === word
      const isOlder = isNear && !isNewer && at - longOlder < WINDOW_SIZE && view.getInt32(longOlder, true) === word
      if (isNewer || isOlder || (at - shortPlace < WINDOW_SIZE && view.getInt32(shortPlace, true) === word)) {
        const aheadNewer = long[longSlot]!
        const aheadOlder = long[longSlot + 1]!
        this.#next = next
        short[shortSlot] = next
        long[longSlot + 1] = aheadNewer
        long[longSlot] = next
        if (isNewer) return this.#chooseLong(at, longPlace, longOlder)
        if (isOlder) return this.#found(at, longOlder, 0)
        return this.#chooseShort(at, shortPlace, aheadNewer, aheadOlder)
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
  #chooseLong(at: number, newer: number, older: number): true {
    if (!this.#matches(at, older)) return this.#found(at, newer, 0)
    const newerLength = this.#boundedLength(at, newer)
    const olderLength = this.#boundedLength(at, older)
    return olderLength > newerLength ? this.#found(at, older, olderLength) : this.#found(at, newer, newerLength)
  }

  /**
   * A match known by 4 bytes only gives way to a longer one at the next place: with what was last entered there by 7
   * bytes, or what was before.
   */
  #chooseShort(at: number, candidate: number, aheadNewer: number, aheadOlder: number): true {
    const next = this.#next
    const length = this.#boundedLength(at, candidate)
    if (next - aheadNewer >= WINDOW_SIZE) return this.#found(at, candidate, length)
    const newerLength = this.#matches(next, aheadNewer) ? this.#boundedLength(next, aheadNewer) : 0
    if (newerLength > length) return this.#found(next, aheadNewer, newerLength)
    const olderLength = this.#matches(next, aheadOlder) ? this.#boundedLength(next, aheadOlder) : 0
    if (olderLength > length) return this.#found(next, aheadOlder, olderLength)
    return this.#found(at, candidate, length)
  }

  /** Length of a match of 4 or more bytes, as far as one code can say it. */
  #boundedLength(at: number, candidate: number): number {
    return this.#commonLength(at, candidate, Math.min(this.#end, at + MAX_LENGTH))
  }

  #extend(): void {
    if (this.#length === 0 || this.#length === MAX_LENGTH) {
      this.#length = this.#commonLength(this.#at, this.#candidate, this.#end)
    }
  }

  /** What follows the match may have occurred after a longer one that differs in its first bytes. */
  #tryEnd(): void {
    const view = this.#view
    const after = this.#at + this.#length
    const slot = hash7(view.getInt32(after, true), view.getInt32(after + 3, true)) << 1
    const candidate = this.#long[slot]! - this.#length + FORGIVEN
    const at = this.#at + FORGIVEN
    const distance = at - candidate
    if (candidate < 0 || distance <= 0 || distance >= WINDOW_SIZE) return
    const length = this.#commonLength(at, candidate, this.#end)
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
