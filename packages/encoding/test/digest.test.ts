import { base32, base64, digestOf, fromBase64, fromHex, hex, sha1Hex, utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('base32 (RFC 4648 and ETag names)', () => {
  test.each([
    ['', ''],
    ['f', 'MY======'],
    ['foobar', 'MZXW6YTBOI======'],
    ['an-etag', 'MFXC2ZLUMFTQ===='],
    ['W/"abc', 'K4XSEYLCMM======'],
    ['5f3e-62a', 'GVTDGZJNGYZGC==='],
  ])('%j', (text, encoded) => {
    expect(base32(utf8(text))).toBe(encoded)
  })
})

test.each(['AA', 'AAA', 'A===', 'AA A', 'A-==', '===='])('%j is no standard base64', (text) => {
  expect(fromBase64(text)).toBeUndefined()
})

test.each(['a', 'zz', '0x'])('%j is no hex', (text) => {
  expect(fromHex(text)).toBeUndefined()
})

test('hex and base64 read back what they wrote', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromHex(hex(bytes))).toEqual(bytes)
      expect(fromBase64(base64(bytes))).toEqual(bytes)
    }),
  )
})

test('digests of known texts', () => {
  expect(sha1Hex('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709')
  expect(digestOf('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
