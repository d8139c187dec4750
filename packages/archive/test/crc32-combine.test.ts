import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { combineCrc32 } from '../src/index.ts'

test('the checksum of two pieces is that of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 3000 }), (first, second) => {
      const whole = crc32(second, crc32(first))
      expect(combineCrc32(crc32(first), crc32(second), second.length)).toBe(whole)
    }),
  )
})

test.each([0, 1, 511, 1 << 20, (1 << 24) + 5])('a second piece of %d bytes', (length) => {
  const [first, second] = [Buffer.from('first'), Buffer.alloc(length, 7)]
  expect(combineCrc32(crc32(first), crc32(second), length)).toBe(crc32(second, crc32(first)))
})
