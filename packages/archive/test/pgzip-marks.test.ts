import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FlushMarks, melangeGzip, PGZIP_BLOCK, startsLikePgzip } from '../src/index.ts'

const bytes = fc.array(fc.constantFrom(0, 0xff, 7), { maxLength: 60 }).map((list) => Uint8Array.from(list))

function naive(all: Uint8Array): number[] {
  return [...all.keys()]
    .filter((at) => Buffer.from(all.subarray(at, at + 4)).toString('hex') === '0000ffff')
    .map((at) => at + 4)
}

test('marks are found however the stream comes', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 8 }), (chunks) => {
      const marks = new FlushMarks()
      for (const chunk of chunks) marks.write(chunk)
      expect(marks.found).toEqual(naive(Buffer.concat(chunks)))
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['melange', melangeGzip(Uint8Array.of(1)), true],
  ['anything else', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), false],
  ['nothing', new Uint8Array(0), false],
])('what %s wrote starts like pgzip: %s', (_, packed, expected) => {
  expect(startsLikePgzip(packed)).toBe(expected)
})

test('a block is a MiB', () => {
  expect(PGZIP_BLOCK).toBe(1_048_576)
})
