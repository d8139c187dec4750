import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareLibraryNames } from '../../src/ld-so-cache/compare.ts'
import { unstableSort } from '../../src/ld-so-cache/unstable-sort.ts'

describe('library name order', () => {
  test.each([
    ['liba.so.9', '<', 'liba.so.10'],
    ['liba.so.09', '=', 'liba.so.9'],
    ['liba1', '>', 'liba-'],
    ['liba1', '>', 'libab'],
    ['liba', '<', 'liba.so'],
    ['libB', '<', 'liba'],
    ['lib99999999999999999999', '>', 'lib9999999999999999999'],
    ['libé', '>', 'libz'],
  ])('%s %s %s', (left, sign, right) => {
    expect(Math.sign(compareLibraryNames(left, right))).toBe('<=>'.indexOf(sign) - 1)
    expect(Math.sign(compareLibraryNames(right, left))).toBe(1 - '<=>'.indexOf(sign))
  })
})

interface Item {
  readonly key: number
  readonly place: number
}

const items = (keys: readonly number[]): Item[] => keys.map((key, place) => ({ key, place }))
const byKey = (a: Item, b: Item) => a.key - b.key

/** Patterns that reach every branch: runs, saw teeth, equal keys, and noise. */
const keys = fc.oneof(
  fc.array(fc.nat({ max: 5 }), { maxLength: 400 }),
  fc.array(fc.nat(), { maxLength: 400 }),
  fc
    .tuple(fc.nat({ max: 400 }), fc.integer({ min: 1, max: 50 }))
    .map(([n, m]) => Array.from({ length: n }, (_, i) => i % m)),
  fc.nat({ max: 400 }).map((n) => Array.from({ length: n }, (_, i) => n - i)),
  fc.nat({ max: 400 }).map((n) => Array.from({ length: n }, (_, i) => (i % 2 === 0 ? i : n - i))),
)

describe('the unstable sort', () => {
  test('sorts, and loses nothing', () => {
    fc.assert(
      fc.property(keys, (wanted) => {
        const sorted = items(wanted)
        unstableSort(sorted, byKey)
        expect(sorted.map(({ key }) => key)).toEqual([...wanted].sort((a, b) => a - b))
        expect(new Set(sorted.map(({ place }) => place)).size).toBe(wanted.length)
      }),
    )
  })

  test('does not keep equal keys in order, as the recorded caches do not', () => {
    const sorted = items(Array.from({ length: 60 }, (_, i) => (i * 7) % 4))
    unstableSort(sorted, byKey)
    expect(sorted.slice(0, 15).every(({ key }) => key === 0)).toBe(true)
    const stable = sorted.slice(0, 15).every(({ place }, i, zeros) => i === 0 || zeros[i - 1]!.place < place)
    expect(stable).toBe(false)
  })
})
