import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatPem, parsePem } from '../../src/certificates/pem.ts'

const block = fc.record({
  type: fc.stringMatching(/^[A-Z][A-Z ]{0,10}[A-Z]$/),
  headers: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[A-Za-z-]{1,8}$/), fc.stringMatching(/^[a-z0-9]{0,8}$/)), {
    selector: ([name]) => name,
    maxLength: 2,
  }),
  bytes: fc.uint8Array({ maxLength: 300 }),
})

describe('PEM', () => {
  test('what is written is read back, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 4 }),
        fc.constantFrom('', 'text\n', '-----BEGIN nothing\n'),
        (blocks, noise) => {
          const text = blocks.map((item) => noise + formatPem(item)).join('')
          expect(parsePem(text)).toEqual(blocks)
        },
      ),
    )
  })

  test('any text is read without an error', () => {
    const piece = fc.constantFrom(
      '-----BEGIN A-----\n',
      '-----END A-----\n',
      'AAAA\n',
      '\n',
      'k: v\n',
      '-----',
      '\r\n',
      'x',
    )
    fc.assert(fc.property(fc.array(piece), (pieces) => void parsePem(pieces.join(''))))
  })

  test.each([
    ['an end of another type', '-----BEGIN A-----\nAAAA\n-----END B-----\n', 0],
    ['no end', '-----BEGIN A-----\nAAAA\n', 0],
    ['malformed base64', '-----BEGIN A-----\nAAA\n-----END A-----\n', 0],
    ['a begin inside a line', 'x-----BEGIN A-----\nAAAA\n-----END A-----\n', 0],
    ['windows line ends', '-----BEGIN A-----\r\nAAAA\r\n-----END A-----\r\n', 1],
    ['no final newline', '-----BEGIN A-----\nAAAA\n-----END A-----', 1],
  ])('%s', (_, text, count) => {
    expect(parsePem(text)).toHaveLength(count)
  })

  test('lines have 64 characters', () => {
    const text = formatPem({ type: 'T', headers: [], bytes: new Uint8Array(49) })
    expect(text.split('\n').map((line) => line.length)).toEqual([
      '-----BEGIN T-----'.length,
      64,
      4,
      '-----END T-----'.length,
      0,
    ])
  })
})
