import {
  compareInstants,
  formatGoDuration,
  formatRfc3339,
  formatRfc3339Nano,
  instant,
  parseGoDuration,
  parseRfc3339,
} from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('RFC 3339', () => {
  test.each([
    ['2023-11-14T22:13:20Z', 1700000000, '2023-11-14T22:13:20Z', '2023-11-14T22:13:20Z'],
    ['2021-02-03T04:05:06+02:00', 1612317906, '2021-02-03T04:05:06+02:00', '2021-02-03T04:05:06+02:00'],
    ['2031-02-03T04:05:06.5+02:00', 1927850706, '2031-02-03T04:05:06.5+02:00', '2031-02-03T04:05:06+02:00'],
    ['1969-12-31T19:00:00-05:00', 0, '1969-12-31T19:00:00-05:00', '1969-12-31T19:00:00-05:00'],
    ['2023-11-14T2:13:20Z', 1699928000, '2023-11-14T02:13:20Z', '2023-11-14T02:13:20Z'],
    ['2023-11-14T22:13:20,5Z', 1700000000, '2023-11-14T22:13:20.5Z', '2023-11-14T22:13:20Z'],
    ['2023-11-14T22:13:20.120000000Z', 1700000000, '2023-11-14T22:13:20.12Z', '2023-11-14T22:13:20Z'],
  ])('%s', (text, seconds, nano, plain) => {
    const time = parseRfc3339(text)!
    expect(time.seconds).toBe(seconds)
    expect(formatRfc3339Nano(time)).toBe(nano)
    expect(formatRfc3339(time)).toBe(plain)
  })

  test.each([
    '',
    '2023-11-14',
    '2023-13-01T00:00:00Z',
    '2023-02-30T00:00:00Z',
    '2023-11-14T24:00:00Z',
    '2023-11-14 22:13:20Z',
  ])('%j is refused', (text) => {
    expect(parseRfc3339(text)).toBeUndefined()
  })

  test('whole seconds survive formatting and parsing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4102444800 }), (seconds) => {
        expect(compareInstants(parseRfc3339(formatRfc3339(instant(seconds)))!, instant(seconds))).toBe(0)
      }),
    )
  })
})

describe('Go durations', () => {
  test.each([
    ['90s', 90_000_000_000n, '1m30s'],
    ['1h30m', 5_400_000_000_000n, '1h30m0s'],
    ['1.5h', 5_400_000_000_000n, '1h30m0s'],
    ['500ms', 500_000_000n, '500ms'],
    ['1.5s', 1_500_000_000n, '1.5s'],
    ['-5m', -300_000_000_000n, '-5m0s'],
    ['1us', 1_000n, '1µs'],
    ['.5s', 500_000_000n, '500ms'],
    ['0', 0n, '0s'],
  ])('%s', (text, nanos, printed) => {
    expect(parseGoDuration(text)).toBe(nanos)
    expect(formatGoDuration(nanos)).toBe(printed)
  })

  test.each(['', '5', 'm', '5 m', '1h 30m', '5d', '9999999h9999999999h', '.s'])('%j is refused', (text) => {
    expect(parseGoDuration(text)).toBeUndefined()
  })

  test('printed durations read back equal', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 62n), max: 1n << 62n }), (nanos) => {
        expect(parseGoDuration(formatGoDuration(nanos))).toBe(nanos)
      }),
    )
  })
})
