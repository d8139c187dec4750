import { BitWriter } from './bit-writer.ts'
import { writeStoredBlock } from './blocks.ts'
import { writeSmallestBlock } from './smallest-block.ts'
import { WINDOW_SIZE } from './symbols.ts'
import type { TokenBlock } from './token-reader.ts'
import { MATCH, MATCH_OFFSET_MASK, matchLength, Tokens, tokenSize } from './tokens.ts'

// The settings of level 6.
const GOOD_ENOUGH_TO_WAIT_NO_LONGER = 16
const NICE_LENGTH = 128
const MAX_CHAIN = 128

const MIN_MATCH = 4
const MAX_MATCH = 258
/** A match of the least length is taken only from this near. */
const MAX_SHORT_DISTANCE = 4096
/** With less than this ahead, a match could be cut short, so the search waits for more input. */
const LOOKAHEAD = MIN_MATCH + MAX_MATCH
/** Tokens of every block but the last. */
export const BLOCK_TOKENS = 1 << 14
const BUFFER_SIZE = 2 * WINDOW_SIZE
const WINDOW_MASK = WINDOW_SIZE - 1
const HASH_BITS = 17
const HASH_FACTOR = 0x1e35a7bd
const EMPTY = new Uint8Array(0)

/**
 * Compresses as Go's compress/flate does at level 6: chains of earlier places with the same four bytes, each match put
 * off by one byte in case a longer one starts there.
 *
 * The original keeps 64 KiB of input and drops the older half when the search comes near the end; matches cannot reach
 * the dropped half. When that happens depends on how the input was cut into writes, hence `write`. Here nothing is
 * moved: `start` is where the original's buffer would begin.
 */
export class LazyMatcher {
  readonly #bytes: Uint8Array
  readonly #out = new BitWriter()
  readonly #tokens = new Tokens(BLOCK_TOKENS)
  /** Place after the last occurrence of a hash; 0 when it has none. */
  readonly #head = new Int32Array(1 << HASH_BITS)
  /** The same for the occurrence before, by place modulo the window size. */
  readonly #previous = new Int32Array(WINDOW_SIZE)
  #start = 0
  #end = 0
  #at = 0
  #blockStart = 0
  /** Newest earlier place with the hash of the current one, or -1. */
  #candidate = -1
  #length = MIN_MATCH - 1
  #distance = 0
  /** Whether the byte before the current one is not in a token yet. */
  #waiting = false
  #lastMatchEnd = 0

  /** @param bytes the whole input; `write` tells in which portions it came. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Takes the next `size` bytes of the input. */
  write(size: number): void {
    const written = this.#end + size
    while (this.#end < written) {
      this.#compress(false)
      if (this.#at - this.#start >= BUFFER_SIZE - LOOKAHEAD) this.#start += WINDOW_SIZE
      this.#end = Math.min(written, this.#start + BUFFER_SIZE)
    }
  }

  /** How many bytes of the input are in tokens. */
  get tokenised(): number {
    return this.#waiting ? this.#at - 1 : this.#at
  }

  /** Where the last match ended. There the search begins anew: what follows depends only on the bytes around. */
  get lastMatchEnd(): number {
    return this.#lastMatchEnd
  }

  /** Adds a token that is known to be the next, of which `resumeSearch` will know nothing. */
  addKnown(token: number): void {
    const from = this.tokenised
    this.#waiting = false
    if (token < MATCH) this.#tokens.addLiteral(token)
    else this.#tokens.addMatch(matchLength(token), (token & MATCH_OFFSET_MASK) + 1)
    this.#at = from + tokenSize(token)
    if (this.#tokens.count < BLOCK_TOKENS) return
    this.#start = bufferStart(from + 1)
    this.#writeBlock()
  }

  /** Takes over a block of another stream that begins at the same place, and so would come out the same here. */
  addKnownBlock(deflated: Uint8Array, { from, to, size }: TokenBlock): void {
    this.#out.copyBits(deflated, from, to)
    this.#at = this.tokenised + size
    this.#waiting = false
    this.#blockStart = this.#at
  }

  /** Whether the next token begins a block. */
  get isAtBlock(): boolean {
    return this.#tokens.count === 0
  }

  /**
   * Goes on with the search behind known tokens, the last of which was a match. The input must have been one write for at
   * least the last 128 KiB, and this write must reach that far ahead.
   */
  resumeSearch(): void {
    this.#start = bufferStart(this.#at)
    this.#end = this.#start + BUFFER_SIZE
    this.#length = MIN_MATCH - 1
    for (let place = this.#at - WINDOW_SIZE; place < this.#at; place++) this.#insert(place)
  }

  /** Bytes of the input that were written, and are not only known. */
  get written(): number {
    return this.#end
  }

  /** Compresses what is left; the stream ends with an empty stored block. */
  finish(): Uint8Array {
    this.#compress(true)
    if (this.#waiting) this.#tokens.addLiteral(this.#bytes[this.#at - 1]!)
    if (this.#tokens.count > 0) this.#writeBlock()
    writeStoredBlock(this.#out, EMPTY, { final: true })
    return this.#out.take()
  }

  #compress(toTheEnd: boolean): void {
    const stop = toTheEnd ? this.#end : this.#end - LOOKAHEAD + 1
    const lastHashed = this.#end - MIN_MATCH
    while (this.#at < stop) {
      if (this.#at <= lastHashed) this.#candidate = this.#insert(this.#at)
      const earlierLength = this.#length
      const earlierDistance = this.#distance
      this.#findMatch(earlierLength)
      if (earlierLength >= MIN_MATCH && this.#length <= earlierLength) {
        this.#takeEarlierMatch(earlierLength, earlierDistance, lastHashed)
      } else {
        if (this.#waiting) this.#tokens.addLiteral(this.#bytes[this.#at - 1]!)
        if (this.#tokens.count === BLOCK_TOKENS) this.#writeBlock()
        this.#at++
        this.#waiting = true
      }
    }
  }

  /** The match that began one byte earlier. */
  #takeEarlierMatch(length: number, distance: number, lastHashed: number): void {
    this.#tokens.addMatch(length, distance)
    const end = this.#at + length - 1
    this.#lastMatchEnd = end
    const hashEnd = Math.min(end, lastHashed + 1)
    for (let place = this.#at + 1; place < hashEnd; place++) this.#insert(place)
    this.#at = end
    this.#waiting = false
    this.#length = MIN_MATCH - 1
    if (this.#tokens.count === BLOCK_TOKENS) this.#writeBlock()
  }

  /** Enters a place into the chains. Returns the place before it in its chain, or -1. */
  #insert(place: number): number {
    const bytes = this.#bytes
    const word = (bytes[place]! << 24) | (bytes[place + 1]! << 16) | (bytes[place + 2]! << 8) | bytes[place + 3]!
    const hash = Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS)
    const older = this.#head[hash]!
    this.#previous[place & WINDOW_MASK] = older
    this.#head[hash] = place + 1
    return older - 1
  }

  /** Sets length and distance to the best match here; the length stays below `MIN_MATCH` when there is none to be had. */
  #findMatch(earlierLength: number): void {
    this.#length = MIN_MATCH - 1
    this.#distance = 0
    const lookahead = this.#end - this.#at
    if (lookahead <= earlierLength || earlierLength >= GOOD_ENOUGH_TO_WAIT_NO_LONGER) return
    if (this.#candidate >= Math.max(this.#at - WINDOW_SIZE, this.#start)) this.#followChain(lookahead)
  }

  #followChain(lookahead: number): void {
    const bytes = this.#bytes
    const previous = this.#previous
    const at = this.#at
    const oldest = at - WINDOW_SIZE
    const reachable = Math.max(oldest, this.#start)
    const longest = Math.min(MAX_MATCH, lookahead)
    const nice = Math.min(NICE_LENGTH, longest)
    let best = MIN_MATCH - 1
    let decisive = bytes[at + best]!
    let place = this.#candidate
    for (let tries = MAX_CHAIN; tries > 0; tries--) {
      if (bytes[place + best] === decisive) {
        const length = commonLength(bytes, place, at, longest)
        if (length > best && (length > MIN_MATCH || at - place <= MAX_SHORT_DISTANCE)) {
          best = length
          this.#length = length
          this.#distance = at - place
          if (length >= nice) return
          decisive = bytes[at + best]!
        }
      }
      // The link of the oldest place is already overwritten with the newest.
      if (place === oldest) return
      place = previous[place & WINDOW_MASK]! - 1
      if (place < reachable) return
    }
  }

  #writeBlock(): void {
    const source = this.#blockStart < this.#start ? undefined : this.#bytes.subarray(this.#blockStart, this.#at)
    writeSmallestBlock(this.#out, this.#tokens, source)
    this.#blockStart = this.#at
    this.#tokens.clear()
  }
}

/** Where the original's buffer begins while it looks at a place inside one long write. */
function bufferStart(place: number): number {
  const first = BUFFER_SIZE - LOOKAHEAD + 1
  return place < first ? 0 : WINDOW_SIZE * (Math.floor((place - first) / WINDOW_SIZE) + 1)
}

function commonLength(bytes: Uint8Array, a: number, b: number, limit: number): number {
  let length = 0
  while (length < limit && bytes[a + length] === bytes[b + length]) length++
  return length
}
