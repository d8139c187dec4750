import { BLOCK_TOKENS, LazyMatcher } from './lazy-matcher.ts'
import { WINDOW_SIZE } from './symbols.ts'
import { TokenReader } from './token-reader.ts'
import { MATCH, tokenSize } from './tokens.ts'

/** An earlier DEFLATE stream of a `LazyMatcher`, whose tokens serve again where its input was the same. */
export interface EarlierStream {
  readonly deflated: Uint8Array
  /** Its input, in the portions in which it was written. */
  readonly writes: readonly Uint8Array[]
}

/** What is searched before tokens are taken over; not where the original moves its buffer, a multiple of a window. */
const HEAD = 4 * WINDOW_SIZE + WINDOW_SIZE / 2
/** What is searched at the end of the common bytes, before the others. */
const TAIL = 4 * WINDOW_SIZE
/** How far behind the last wanted token there must be a match. */
const PATIENCE = 2 * WINDOW_SIZE
const LATEST_START = WINDOW_SIZE / 2
const WORTH_IT = 1 << 20

/**
 * The stream of a `LazyMatcher` for these writes, with most of the search left out: the longest write begins like the one
 * in its place of an earlier stream, and tokens of the common bytes are taken over.
 *
 * The search depends on nothing but one window of bytes before and the length of a match behind, and begins anew behind
 * each match. So where both searches had a match with the same end, a window into equal bytes, all tokens are equal as far
 * as the bytes are.
 * @returns undefined when too little is equal; never another stream than the search alone would give.
 */
export function deflateLikeEarlier(
  bytes: Uint8Array,
  writes: readonly Uint8Array[],
  earlier: EarlierStream,
): Uint8Array | undefined {
  const common = commonPart(writes, earlier.writes)
  if (common === undefined) return undefined
  const { index, from, to } = common
  const matcher = new LazyMatcher(bytes)
  for (const write of writes.slice(0, index)) matcher.write(write.length)
  matcher.write(HEAD - from)
  const taken = takeTokens(matcher, earlier.deflated, {
    from: from + WINDOW_SIZE,
    to: to - TAIL,
  })
  if (!taken) return undefined
  matcher.resumeSearch()
  matcher.write(from + writes[index]!.length - matcher.written)
  for (const write of writes.slice(index + 1)) matcher.write(write.length)
  return matcher.finish()
}

/** The equal bytes at the beginning of the longest write, as places in the whole input. */
function commonPart(writes: readonly Uint8Array[], earlier: readonly Uint8Array[]) {
  const longest = Math.max(...writes.map(({ length }) => length))
  const index = writes.findIndex(({ length }) => length === longest)
  const before = writes.slice(0, index)
  if (before.some(({ length }, i) => length !== earlier[i]?.length) || earlier[index] === undefined) return undefined
  const from = before.reduce((sum, { length }) => sum + length, 0)
  const size = commonLength(writes[index]!, earlier[index])
  return from <= LATEST_START && size >= WORTH_IT ? { index, from, to: from + size } : undefined
}

const COMPARED_AT_ONCE = 1 << 16

function commonLength(a: Uint8Array, b: Uint8Array): number {
  const limit = Math.min(a.length, b.length)
  let equal = 0
  while (equal < limit && Buffer.compare(piece(a, equal), piece(b, equal)) === 0) equal += COMPARED_AT_ONCE
  while (equal < limit && a[equal] === b[equal]) equal++
  return Math.min(equal, limit)
}

function piece(bytes: Uint8Array, start: number): Uint8Array {
  return bytes.subarray(start, start + COMPARED_AT_ONCE)
}

/** Takes tokens between two places; false when the searches do not meet there. */
function takeTokens(matcher: LazyMatcher, deflated: Uint8Array, { from, to }: { from: number; to: number }): boolean {
  const earlier = new TokenReader(deflated)
  if (matcher.lastMatchEnd < from || !skipTo(matcher, earlier)) return false
  for (let place = matcher.tokenised; place < to + PATIENCE; ) {
    if (matcher.isAtBlock) place += takeBlocks(matcher, earlier, deflated, to - place)
    const token = earlier.next()
    if (token === undefined) return false
    matcher.addKnown(token)
    place += tokenSize(token)
    if (place >= to && token >= MATCH) return place < to + PATIENCE
  }
  return false
}

/** Takes blocks of at most so many bytes, where they begin with the same token in both streams. Returns their size. */
function takeBlocks(matcher: LazyMatcher, earlier: TokenReader, deflated: Uint8Array, limit: number): number {
  let taken = 0
  for (;;) {
    const block = earlier.nextBlock(BLOCK_TOKENS, limit - taken)
    if (block === undefined) return taken
    matcher.addKnownBlock(deflated, block)
    taken += block.size
  }
}

/** Goes to where the matcher's tokens end; false when no match ends where the matcher's last one does. */
function skipTo({ lastMatchEnd, tokenised }: LazyMatcher, earlier: TokenReader): boolean {
  let met = false
  let place = 0
  while (place < tokenised) {
    const token = earlier.next()
    if (token === undefined) return false
    place += tokenSize(token)
    if (place === lastMatchEnd && token >= MATCH) met = true
  }
  return met && place === tokenised
}
