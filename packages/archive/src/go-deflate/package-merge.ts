/**
 * Lengths of an optimal prefix code of at most `maxBits` bits, by the package-merge algorithm (Larmore and Hirschberg, 1990).
 * Optimal codes are not unique; this one takes a package before a symbol of the same weight, as Go's compressors do,
 * and among symbols of the same weight the smaller one gets the longer code.
 * @param frequencies of the symbols; those with 0 get no code.
 */
export function limitedCodeLengths(frequencies: ArrayLike<number>, maxBits: number): Uint8Array {
  const lengths = new Uint8Array(frequencies.length)
  const symbols = symbolsByWeight(frequencies)
  const weights = symbols.map((symbol) => frequencies[symbol]!)
  if (symbols.length <= 2) {
    for (const symbol of symbols) lengths[symbol] = 1
    return lengths
  }
  const depth = Math.min(maxBits, symbols.length - 1)
  for (const leaves of leavesPerLevel(weights, depth)) {
    for (let rank = 0; rank < leaves; rank++) lengths[symbols[rank]!]! += 1
  }
  return lengths
}

const SYMBOL_BITS = 9
const SYMBOL_MASK = (1 << SYMBOL_BITS) - 1

/** Used symbols, the lightest first, in symbol order where weights are equal. Weights stay below 2^23. */
function symbolsByWeight(frequencies: ArrayLike<number>): Uint32Array {
  const keys = new Uint32Array(frequencies.length)
  let used = 0
  for (let symbol = 0; symbol < frequencies.length; symbol++) {
    if (frequencies[symbol] !== 0) keys[used++] = frequencies[symbol]! * (1 << SYMBOL_BITS) + symbol
  }
  return keys
    .subarray(0, used)
    .sort()
    .map((key) => key & SYMBOL_MASK)
}

interface Level {
  readonly weights: Int32Array
  /** How many of the first i items are symbols rather than packages. */
  readonly leavesBefore: Int32Array
}

/** For every level from the top: how many symbols the solution takes there. A symbol's code length is the number of its levels. */
function leavesPerLevel(weights: Uint32Array, depth: number): number[] {
  const levels: Level[] = []
  let packages = new Int32Array(0)
  for (let level = 0; level < depth; level++) {
    const merged = mergeLevel(weights, packages)
    levels.push(merged)
    packages = pairUp(merged.weights)
  }
  const counts: number[] = []
  let wanted = 2 * weights.length - 2
  for (const level of levels.reverse()) {
    const leaves = level.leavesBefore[wanted]!
    counts.push(leaves)
    wanted = 2 * (wanted - leaves)
  }
  return counts
}

function mergeLevel(leaves: Uint32Array, packages: Int32Array): Level {
  const total = leaves.length + packages.length
  const weights = new Int32Array(total)
  const leavesBefore = new Int32Array(total + 1)
  let leaf = 0
  for (let item = 0; item < total; item++) {
    const pack = item - leaf
    const takeLeaf = leaf < leaves.length && (pack >= packages.length || leaves[leaf]! < packages[pack]!)
    weights[item] = takeLeaf ? leaves[leaf]! : packages[pack]!
    if (takeLeaf) leaf++
    leavesBefore[item + 1] = leaf
  }
  return { weights, leavesBefore }
}

function pairUp(weights: Int32Array): Int32Array<ArrayBuffer> {
  const pairs = new Int32Array(weights.length >> 1)
  for (let pair = 0; pair < pairs.length; pair++) pairs[pair] = weights[2 * pair]! + weights[2 * pair + 1]!
  return pairs
}
