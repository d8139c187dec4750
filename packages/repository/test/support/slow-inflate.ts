/** A deflate block as it stands in a stream. */
export interface Block {
  readonly start: number
  readonly end: number
  /** The first byte it refers to, or its start. */
  readonly reach: number
  readonly firstBit: number
  readonly endBit: number
}

/** The blocks of a deflate stream, found bit by bit as RFC 1951 words it: slow, and like nothing that is tested with it. */
export function slowBlocks(bytes: Uint8Array): Block[] {
  const input = new Bits(bytes)
  const blocks: Block[] = []
  for (let last = false, size = 0; !last; ) {
    const firstBit = input.position
    last = input.number(1) === 1
    const type = input.number(2)
    const { end, reach } = type === 0 ? stored(input, size) : coded(input, size, type === 1 ? FIXED : dynamic(input))
    blocks.push({ start: size, end, reach, firstBit, endBit: input.position })
    size = end
  }
  return blocks
}

class Bits {
  position = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  bit(): number {
    const bit = (this.#bytes[this.position >> 3]! >> (this.position & 7)) & 1
    this.position++
    return bit
  }

  number(width: number): number {
    let value = 0
    for (let i = 0; i < width; i++) value += this.bit() << i
    return value
  }

  symbol(code: Code): number {
    for (let word = '1'; ; ) {
      word += this.bit()
      const symbol = code.get(word)
      if (symbol !== undefined) return symbol
    }
  }
}

/** Symbol by its bits, behind a 1. */
type Code = ReadonlyMap<string, number>

function codeOf(lengths: readonly number[]): Code {
  const code = new Map<string, number>()
  let next = 0
  for (let length = 1; length <= 15; length++, next *= 2) {
    for (const [symbol, own] of lengths.entries()) {
      if (own === length) code.set(`1${(next++).toString(2).padStart(length, '0')}`, symbol)
    }
  }
  return code
}

interface Codes {
  readonly literals: Code
  readonly distances: Code
}

const FIXED: Codes = {
  literals: codeOf(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  distances: codeOf(Array(30).fill(5)),
}
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

function dynamic(input: Bits): Codes {
  const [literals, distances, count] = [input.number(5) + 257, input.number(5) + 1, input.number(4) + 4]
  const own = Array(19).fill(0)
  for (const symbol of ORDER.slice(0, count)) own[symbol] = input.number(3)
  const code = codeOf(own)
  const lengths: number[] = []
  while (lengths.length < literals + distances) {
    const symbol = input.symbol(code)
    if (symbol < 16) lengths.push(symbol)
    else if (symbol === 16) lengths.push(...Array(input.number(2) + 3).fill(lengths.at(-1)))
    else lengths.push(...Array(symbol === 17 ? input.number(3) + 3 : input.number(7) + 11).fill(0))
  }
  return { literals: codeOf(lengths.slice(0, literals)), distances: codeOf(lengths.slice(literals)) }
}

function stored(input: Bits, start: number): { end: number; reach: number } {
  input.position = Math.ceil(input.position / 8) * 8
  const length = input.number(16)
  input.position += 16 + length * 8
  return { end: start + length, reach: start }
}

function coded(input: Bits, start: number, { literals, distances }: Codes): { end: number; reach: number } {
  let [end, reach] = [start, start]
  for (;;) {
    const symbol = input.symbol(literals)
    if (symbol === 256) return { end, reach }
    if (symbol < 256) {
      end++
      continue
    }
    const [length, lengthBits] = codedValue(symbol - 257, 4, 3)
    const matched = symbol === 285 ? 258 : length + input.number(lengthBits)
    const [distance, distanceBits] = codedValue(input.symbol(distances), 2, 1)
    reach = Math.min(reach, end - distance - input.number(distanceBits))
    end += matched
  }
}

/** The least value of a symbol and its extra bits: `each` symbols have as many. */
function codedValue(symbol: number, each: number, first: number): [value: number, bits: number] {
  let value = first
  for (let i = 0; i < symbol; i++) value += 1 << extra(i, each)
  return [value, extra(symbol, each)]
}

function extra(symbol: number, each: number): number {
  return Math.max(0, Math.floor(symbol / each) - 1)
}
