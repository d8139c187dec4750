import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BitReader } from '../../src/go-deflate/bit-reader.ts'
import { BitWriter } from '../../src/go-deflate/bit-writer.ts'
import { hash7 } from '../../src/go-deflate/fast-hash.ts'
import { codedBits, codeLength, huffmanCode, LENGTH_FIELD_BITS } from '../../src/go-deflate/huffman.ts'
import { limitedCodeLengths } from '../../src/go-deflate/package-merge.ts'
import {
  DISTANCE_BASE,
  DISTANCE_EXTRA_BITS,
  distanceSymbol,
  LENGTH_BASE,
  LENGTH_EXTRA_BITS,
  LENGTH_SYMBOL,
} from '../../src/go-deflate/symbols.ts'

const frequencies = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 5 }), fc.nat({ max: 65535 })), {
  minLength: 1,
  maxLength: 286,
})

describe('code lengths', () => {
  test.each<[string, number[], number, number[]]>([
    ['no symbol', [0, 0], 15, [0, 0]],
    ['one symbol', [0, 7], 15, [0, 1]],
    ['two symbols', [1, 1000], 15, [1, 1]],
    ['equal weights: the smaller symbol gets the longer code', [1, 1, 1], 15, [2, 2, 1]],
    ['a package goes before a symbol of its weight', [1, 1, 2, 2], 15, [3, 3, 2, 1]],
    ['cut at the limit', [1, 1, 2, 4, 8, 16], 4, [4, 4, 4, 4, 2, 1]],
  ])('%s', (_, weights, maxBits, lengths) => {
    expect([...limitedCodeLengths(weights, maxBits)]).toEqual(lengths)
  })

  test('fill the code space, within the limit', () => {
    fc.assert(
      fc.property(frequencies, fc.integer({ min: 9, max: 15 }), (weights, maxBits) => {
        const lengths = limitedCodeLengths(weights, maxBits)
        const used = weights.filter((weight) => weight > 0).length
        const space = lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 2 ** -length), 0)
        expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(maxBits)
        expect(lengths.filter((length) => length > 0).length).toBe(used)
        if (used > 1) expect(space).toBe(1)
      }),
    )
  })

  test('make the shortest output where the limit is no hindrance', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 60 }), (weights) => {
        expect(codedBits(huffmanCode(weights), weights)).toBe(huffmanCost(weights))
      }),
    )
  })
})

test('no code is the beginning of another', () => {
  fc.assert(
    fc.property(frequencies, (weights) => {
      const code = huffmanCode(weights)
      const written = weights.flatMap((weight, symbol) => {
        if (weight === 0) return []
        const length = codeLength(code, symbol)
        return [(code[symbol]! >>> LENGTH_FIELD_BITS).toString(2).padStart(length, '0').split('').reverse().join('')]
      })
      const sorted = written.sort()
      expect(sorted.every((bits, index) => index === 0 || !bits.startsWith(sorted[index - 1]!))).toBe(true)
    }),
  )
})

describe('symbols', () => {
  test('every length has the symbol whose range it is in', () => {
    for (let extra = 0; extra < 255; extra++) {
      const symbol = LENGTH_SYMBOL[extra]!
      expect(extra - LENGTH_BASE[symbol]!).toBeGreaterThanOrEqual(0)
      expect(extra - LENGTH_BASE[symbol]!).toBeLessThan(1 << LENGTH_EXTRA_BITS[symbol]!)
    }
    expect([LENGTH_SYMBOL[255], LENGTH_EXTRA_BITS[28]]).toEqual([28, 0])
  })

  test('every distance has the symbol whose range it is in', () => {
    for (let offset = 0; offset < 32768; offset++) {
      const symbol = distanceSymbol(offset)
      const rest = offset - DISTANCE_BASE[symbol]!
      if (rest < 0 || rest >= 1 << DISTANCE_EXTRA_BITS[symbol]!) expect.fail(`offset ${offset}: symbol ${symbol}`)
    }
  })
})

test('the hash of seven bytes is the top of the 64-bit product', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, 7)
      const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
      const product = BigInt.asUintN(64, (value << 8n) * 58295818150454627n)
      expect(hash7(view.getInt32(0, true), view.getInt32(3, true))).toBe(Number(product >> 49n))
    }),
    { numRuns: 2000 },
  )
})

/** Total weight of the inner nodes of Huffman's tree. */
function huffmanCost(weights: readonly number[]): number {
  const queue = weights.toSorted((a, b) => a - b)
  let cost = 0
  while (queue.length > 1) {
    const node = queue.shift()! + queue.shift()!
    cost += node
    queue.splice(queue.filter((weight) => weight < node).length, 0, node)
  }
  return cost
}

test('bits that are copied are read as they were, wherever they stood and come to stand', () => {
  const places = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(320), fc.nat(320), fc.nat(15))
  fc.assert(
    fc.property(places, ([bytes, a, b, before]) => {
      const [from, to] = [a, b].map((bit) => bit % (bytes.length * 8 + 1)).sort((x, y) => x - y) as [number, number]
      const out = new BitWriter()
      out.writeBits(0, before)
      out.copyBits(bytes, from, to)
      out.align()
      const [source, copy] = [new BitReader(bytes), new BitReader(out.take())]
      source.seek(from)
      copy.seek(before)
      const read = (input: BitReader) => Array.from({ length: to - from }, () => input.bits(1))
      expect(read(copy)).toEqual(read(source))
      expect(copy.position).toBe(before + to - from)
    }),
  )
})
