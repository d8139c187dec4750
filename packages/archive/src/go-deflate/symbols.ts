/** The symbols of DEFLATE (RFC 1951, 3.2.5): how lengths and distances become codes with extra bits. */

export const END_OF_BLOCK = 256
export const FIRST_LENGTH_SYMBOL = 257
export const LITERAL_SYMBOLS = 286
export const DISTANCE_SYMBOLS = 30
export const MIN_LENGTH = 3
export const MAX_LENGTH = 258
export const WINDOW_SIZE = 32768
export const MAX_STORED = 65535

/** Extra bits of the length symbols 257 … 285. */
export const LENGTH_EXTRA_BITS = Uint8Array.from({ length: 29 }, (_, symbol) =>
  symbol < 8 || symbol === 28 ? 0 : (symbol >> 2) - 1,
)

/** Smallest length, less `MIN_LENGTH`, of the length symbols 257 … 285. */
export const LENGTH_BASE = cumulativeBases(LENGTH_EXTRA_BITS)
LENGTH_BASE[28] = MAX_LENGTH - MIN_LENGTH

/** Length less `MIN_LENGTH` → length symbol less `FIRST_LENGTH_SYMBOL`. */
export const LENGTH_SYMBOL = new Uint8Array(256)
for (let symbol = 0; symbol < 29; symbol++) LENGTH_SYMBOL.fill(symbol, LENGTH_BASE[symbol])

/** Extra bits of the distance symbols 0 … 29. */
export const DISTANCE_EXTRA_BITS = Uint8Array.from({ length: DISTANCE_SYMBOLS }, (_, symbol) =>
  symbol < 4 ? 0 : (symbol >> 1) - 1,
)

/** Smallest distance, less 1, of the distance symbols 0 … 29. */
export const DISTANCE_BASE = cumulativeBases(DISTANCE_EXTRA_BITS)

const NEAR_DISTANCES = 256
const NEAR_SYMBOL = distanceSymbols(0)
const FAR_SYMBOL = distanceSymbols(7)

/** The symbol of a distance; `offset` is the distance less 1. */
export function distanceSymbol(offset: number): number {
  return offset < NEAR_DISTANCES ? NEAR_SYMBOL[offset]! : FAR_SYMBOL[offset >> 7]!
}

/** Symbol of every 2^shift-th offset: far symbols span at least 128 distances, so 256 entries reach 32768. */
function distanceSymbols(shift: number): Uint8Array {
  const symbols = new Uint8Array(256)
  for (let symbol = 0; symbol < DISTANCE_SYMBOLS; symbol++) {
    const first = DISTANCE_BASE[symbol]! >> shift
    if (first < symbols.length) symbols.fill(symbol, first)
  }
  return symbols
}

function cumulativeBases(extraBits: Uint8Array): Uint16Array {
  const bases = new Uint16Array(extraBits.length)
  for (let symbol = 1; symbol < bases.length; symbol++) {
    bases[symbol] = bases[symbol - 1]! + (1 << extraBits[symbol - 1]!)
  }
  return bases
}
