import {
  DISTANCE_EXTRA_BITS,
  DISTANCE_SYMBOLS,
  END_OF_BLOCK,
  FIRST_LENGTH_SYMBOL,
  LENGTH_EXTRA_BITS,
} from './symbols.ts'
import type { Tokens } from './tokens.ts'

const { fround } = Math

/** What a code for the end of block is taken to cost. */
const END_OF_BLOCK_BITS = 15

/**
 * Bits of the tokens with ideal codes, by Shannon's entropy in single precision: the original's estimate, rounding
 * errors included, because it decides where blocks end.
 * @param symbolCount literals, matches and, if there is one, the end of block.
 */
export function estimatedBits(tokens: Tokens, symbolCount: number): number {
  const { literals, distances } = tokens
  const share = fround(1 / fround(symbolCount))
  let entropy = addEntropy(0, literals.subarray(0, END_OF_BLOCK), share)
  entropy = fround(entropy + END_OF_BLOCK_BITS)
  const lengths = literals.subarray(FIRST_LENGTH_SYMBOL)
  entropy = addEntropy(entropy, lengths, share)
  let extraBits = 0
  let matches = 0
  for (let symbol = 0; symbol < LENGTH_EXTRA_BITS.length; symbol++) {
    matches += lengths[symbol]!
    extraBits += lengths[symbol]! * LENGTH_EXTRA_BITS[symbol]!
  }
  if (matches > 0) {
    entropy = addEntropy(entropy, distances, fround(1 / fround(matches)))
    for (let symbol = 0; symbol < DISTANCE_SYMBOLS; symbol++)
      extraBits += distances[symbol]! * DISTANCE_EXTRA_BITS[symbol]!
  }
  return Math.trunc(entropy) + extraBits
}

function addEntropy(start: number, frequencies: Uint32Array, share: number): number {
  let entropy = start
  for (const frequency of frequencies) {
    if (frequency === 0) continue
    const bits = clamp(-approximateLog2(fround(frequency * share)))
    entropy = fround(entropy + fround(bits * frequency))
  }
  return entropy
}

function clamp(bits: number): number {
  return Math.min(Math.max(bits, 1), 15)
}

const single = new Float32Array(1)
const singleBits = new Int32Array(single.buffer)
const MANTISSA_AND_SIGN = ~0x7f800000
const EXPONENT_OF_ONE = 127 << 23
const QUADRATIC = fround(-0.34484843)
const LINEAR = fround(2.02466578)
const CONSTANT = fround(0.67487759)

/** The exponent plus a parabola through the mantissa; every step rounded to single precision. */
function approximateLog2(value: number): number {
  single[0] = value
  const bits = singleBits[0]!
  const exponent = ((bits >> 23) & 255) - 128
  singleBits[0] = (bits & MANTISSA_AND_SIGN) + EXPONENT_OF_ONE
  const mantissa = single[0]!
  const slope = fround(fround(QUADRATIC * mantissa) + LINEAR)
  return fround(exponent + fround(fround(slope * mantissa) - CONSTANT))
}
