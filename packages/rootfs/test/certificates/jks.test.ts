import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatKeyStore, type KeyStoreEntry, parseKeyStore } from '../../src/certificates/jks.ts'

const alias = fc.stringMatching(/^[a-z0-9.-]{1,12}$/)
const created = fc.bigInt({ min: 0n, max: 1n << 50n })
const stored = fc.record({ type: fc.constantFrom('X.509', 'other'), der: fc.uint8Array() })
const entry: fc.Arbitrary<KeyStoreEntry> = fc.oneof(
  fc
    .tuple(alias, created, stored)
    .map(([name, time, rest]) => ({ kind: 'certificate' as const, alias: name, created: time, ...rest })),
  fc.record({
    kind: fc.constant('key' as const),
    alias,
    created,
    key: fc.uint8Array(),
    chain: fc.array(stored, { maxLength: 3 }),
  }),
)
const entries = fc.uniqueArray(entry, { selector: (item) => item.alias, maxLength: 5 })

describe('Java key stores', () => {
  test('what is written is read back, sorted by alias', () => {
    fc.assert(
      fc.property(entries, (items) => {
        const sorted = [...items].sort((a, b) => (a.alias < b.alias ? -1 : 1))
        expect(parseKeyStore(formatKeyStore(items, 'changeit'), 'changeit', 'f')).toEqual(sorted)
      }),
    )
  })

  test('a changed or shortened store is refused, never misread', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (items, at, flip, cut) => {
        const bytes = formatKeyStore(items, 'changeit')
        const position = at % bytes.length
        if (!cut) bytes[position]! ^= flip
        const changed = cut ? bytes.subarray(0, position) : bytes
        expect(() => parseKeyStore(changed, 'changeit', 'f')).toThrow(
          expect.objectContaining({ code: 'TRUSTSTORE_INVALID' }),
        )
      }),
    )
  })

  test.each([
    ['another password', () => parseKeyStore(formatKeyStore([], 'changeit'), 'other', 'f'), /password/],
    ['PKCS#12', () => parseKeyStore(Uint8Array.from([0x30, ...new Array(60).fill(0)]), 'changeit', 'f'), /FEEDFEED/],
  ])('%s is refused', (_, parse, message) => {
    expect(parse).toThrow(message)
  })
})
