import { gunzipSync } from 'node:zlib'
import { concatBytes, sha256Hex, utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { LazyMatcher } from '../../src/go-deflate/lazy-matcher.ts'
import { type EarlierGzip, goGzip } from '../../src/index.ts'
import { INPUTS } from './inputs.ts'

const SIZE = 1_500_000

/** Lines like those of an index, which have much in common and numbers of their own. */
function lines(size: number, seed = 0): Uint8Array {
  const parts: string[] = []
  for (let i = 0, length = 0; length < size; i++) {
    const digest = sha256Hex(`${seed} ${i}`)
    parts.push(`C:Q1${digest.slice(0, 27)}=\nP:package-${i}\nV:1.${i % 50}-r${i % 7}\nT:does thing number ${i}\n\n`)
    length += parts.at(-1)!.length
  }
  return utf8(parts.join('')).subarray(0, size)
}

const head = (digits: string) => utf8(`${'APKINDEX'.padEnd(100, '\0')}0000644\0${digits}\0`.padEnd(512, '\0'))
const text = lines(SIZE)
const plain = [head('00005561340'), text, head('').subarray(0, 100)]
const earlier = { compressed: goGzip(plain), writes: plain }

function earlierOf(writes: readonly Uint8Array[]): EarlierGzip {
  return { compressed: goGzip(writes), writes }
}

describe('with an earlier result the bytes are the same', () => {
  const changed = (at: number, bytes: Uint8Array) => concatBytes([text.subarray(0, at), bytes, text.subarray(at)])
  const middle = SIZE - 100_000

  test.each([
    { what: 'nothing changed', writes: plain },
    { what: 'another header', writes: [head('77770000123'), text] },
    { what: 'a header of other words', writes: [text.subarray(5_000, 5_512), text] },
    { what: 'more at the end', writes: [head('1'), concatBytes([text, lines(5_000, 1)]), head('2')] },
    { what: 'one byte more', writes: [head('1'), concatBytes([text, utf8('x')])] },
    { what: 'less at the end', writes: [head('1'), text.subarray(0, SIZE - 777)] },
    { what: 'a change near the end', writes: [head('1'), changed(middle, utf8('something'))] },
    { what: 'a change near the beginning', writes: [head('1'), changed(2_000, utf8('something'))] },
    { what: 'a change in the middle', writes: [head('1'), changed(1_200_000, lines(300, 2))] },
    { what: 'another cut', writes: [concatBytes([head('1'), text])] },
    { what: 'fewer bytes than it is worth', writes: [head('1'), text.subarray(0, 1_000_000)] },
    { what: 'other bytes', writes: [head('1'), lines(SIZE, 3)] },
    { what: 'much more', writes: [head('1'), concatBytes([text, lines(400_000, 4)])] },
  ])('$what', ({ writes }) => {
    const result = goGzip(writes, earlier)
    expect(sha256Hex(result)).toBe(sha256Hex(goGzip(writes)))
    expect(gunzipSync(result).equals(concatBytes(writes))).toBe(true)
  })

  test.each(Object.keys(INPUTS) as (keyof typeof INPUTS)[])('for input of the kind %s', (kind) => {
    const before = [head('1'), INPUTS[kind](1_300_000)]
    const after = [head('2'), concatBytes([before[1]!, lines(1_000)])]
    expect(sha256Hex(goGzip(after, earlierOf(before)))).toBe(sha256Hex(goGzip(after)))
  })

  test('whatever is appended, changed or cut off', () => {
    const numbers = fc.tuple(fc.nat(SIZE), fc.nat(SIZE), fc.nat(40_000), fc.stringMatching(/^[0-7]{11}$/))
    fc.assert(
      fc.property(numbers, ([from, to, more, digits]) => {
        const inserted = text.subarray(from, Math.min(from + more, SIZE))
        const after = [head(digits), concatBytes([text.subarray(0, Math.max(to, 1_100_000)), inserted])]
        expect(sha256Hex(goGzip(after, earlier))).toBe(sha256Hex(goGzip(after)))
      }),
      { numRuns: 8 },
    )
  })
})

test('most of the search is left out', () => {
  const known = vi.spyOn(LazyMatcher.prototype, 'addKnown')
  goGzip([head('2'), concatBytes([text, lines(500, 1)])], earlier)
  expect(known.mock.calls.length).toBeGreaterThan(100_000)
  known.mockRestore()
})

test('where tokens fall into the same blocks, blocks are copied', () => {
  const known = vi.spyOn(LazyMatcher.prototype, 'addKnownBlock')
  const after = [plain[0]!, concatBytes([text.subarray(0, SIZE - 300), lines(300, 1)])]
  expect(sha256Hex(goGzip(after, earlier))).toBe(sha256Hex(goGzip(after)))
  expect(known.mock.calls.length).toBeGreaterThan(3)
  known.mockRestore()
})

test.each([0, 1, 9, 10, 11, 1_000, 100_000, 200_000])('an earlier result cut to %i bytes does no harm', (length) => {
  const cut = { ...earlier, compressed: earlier.compressed.subarray(0, length) }
  const after = [head('2'), text]
  expect(sha256Hex(goGzip(after, cut))).toBe(sha256Hex(goGzip(after)))
})
