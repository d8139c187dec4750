import { Buffer } from 'node:buffer'
import { compareBytes, concatBytes, isAscii, sortedUnique, utf8, utf8Decode } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('compareBytes', () => {
  test.each([
    ['', '', 0],
    ['a', '', 1],
    ['a-b', 'a=1', -1],
    ['B', 'a', -1],
    ['é', 'z', 1],
    ['\u{1f600}', '\uffff', 1],
    ['\ud7ff', '\ue000', -1],
  ])('%j against %j is %i', (a, b, sign) => {
    expect(Math.sign(compareBytes(a, b))).toBe(sign)
  })

  test('orders any two texts as their UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
  })
})

test('sortedUnique sorts by bytes and drops duplicates', () => {
  expect(sortedUnique(['foo=1', 'foo-bar=1', 'foo=1', 'Foo'])).toEqual(['Foo', 'foo-bar=1', 'foo=1'])
})

test('concatBytes joins parts in order', () => {
  expect(utf8Decode(concatBytes([utf8('ab'), utf8(''), utf8('ç')]))).toBe('abç')
})

test('isAscii', () => {
  expect([isAscii('plain ~'), isAscii('ünï')]).toEqual([true, false])
})
