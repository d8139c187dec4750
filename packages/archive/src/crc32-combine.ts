/** The polynomial of CRC-32 (RFC 1952, section 8), lowest power in the highest bit. */
const POLYNOMIAL = 0xedb88320
/** x⁰ in that order of bits. */
const ONE = 0x80000000
/** x¹. */
const X = 0x40000000
const BITS_PER_BYTE_LOG2 = 3

/**
 * CRC-32 of two pieces put together, from the CRC-32 of each and the second one's length in bytes, without the bytes:
 * the first is multiplied by x^(8·length) modulo the polynomial, as appending that many zero bytes would do.
 */
export function combineCrc32(first: number, second: number, secondLength: number): number {
  return (multiply(power(secondLength), first) ^ second) >>> 0
}

/** x^(8·count) modulo the polynomial, by squaring. */
function power(count: number): number {
  let product = ONE
  for (let rest = count, bit = BITS_PER_BYTE_LOG2; rest > 0; rest = Math.floor(rest / 2), bit++) {
    if (rest % 2 === 1) product = multiply(SQUARES[bit % SQUARES.length]!, product)
  }
  return product
}

function multiply(a: number, b: number): number {
  let product = 0
  for (let mask = ONE, factor = b, rest = a; rest !== 0; mask >>>= 1) {
    if ((rest & mask) !== 0) {
      product ^= factor
      rest &= ~mask
    }
    factor = (factor & 1) === 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1
  }
  return product >>> 0
}

/** x^(2ⁿ) for n from 0; the powers repeat after 32 of them. */
const SQUARES: readonly number[] = squares()

function squares(): number[] {
  const found = [X]
  while (found.length < 32) found.push(multiply(found.at(-1)!, found.at(-1)!))
  return found
}
