import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMarkedStream } from '../../src/qemu/marked-stream.ts'

/** What is handed on of a stream that comes in such pieces, and how often the mark is told. */
function read(stream: Uint8Array, cuts: readonly number[], mark: Uint8Array) {
  const parts: Uint8Array[] = []
  let marks = 0
  const marked = createMarkedStream(
    mark,
    (bytes) => void parts.push(bytes),
    () => {
      marks += 1
    },
  )
  const ends = [...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort((a, b) => a - b)
  ends.reduce((from, to) => {
    marked.push(stream.subarray(from, to))
    return to
  }, 0)
  return { before: Buffer.concat(parts), marks }
}

// Few letters, so that parts of the mark are frequent.
const letters = (min: number) =>
  fc.array(fc.constantFrom(97, 98), { minLength: min, maxLength: 30 }).map((all) => Uint8Array.from(all))

test('everything before the mark is handed on, however the stream is cut, and nothing after it', () => {
  fc.assert(
    fc.property(
      letters(0),
      letters(0),
      letters(1),
      fc.array(fc.nat(100), { maxLength: 6 }),
      (before, after, mark, cuts) => {
        const stream = Buffer.concat([before, mark, after])
        expect(read(stream, cuts, mark)).toEqual({ before: stream.subarray(0, stream.indexOf(mark)), marks: 1 })
      },
    ),
  )
})

test('without a mark, what could be its beginning is held', () => {
  expect(read(Buffer.from('12ab'), [1], Buffer.from('abc'))).toEqual({ before: Buffer.from('12'), marks: 0 })
})
