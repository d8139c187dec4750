import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatReference, parseReference, withTagSuffix } from '../src/index.ts'

describe('image references', () => {
  test.each([
    ['tiny:1', 'index.docker.io/library/tiny:1'],
    ['tiny', 'index.docker.io/library/tiny:latest'],
    ['golden/test:v1', 'index.docker.io/golden/test:v1'],
    ['docker.io/tiny', 'index.docker.io/library/tiny:latest'],
    ['docker.io/a/b', 'index.docker.io/a/b:latest'],
    ['localhost/xy', 'localhost/xy:latest'],
    ['localhost:5000/x/y', 'localhost:5000/x/y:latest'],
    ['example.com/x/y:v1.2_3-4', 'example.com/x/y:v1.2_3-4'],
    ['[::1]:5000/xy', '[::1]:5000/xy:latest'],
    [`example.com/xy@sha256:${'a'.repeat(64)}`, `example.com/xy@sha256:${'a'.repeat(64)}`],
    [`example.com/xy:tag@sha256:${'a'.repeat(64)}`, `example.com/xy@sha256:${'a'.repeat(64)}`],
  ])('%s is %s', (text, expected) => {
    expect(formatReference(parseReference(text))).toBe(expected)
  })

  test.each([
    '',
    ':v1',
    'a:b:c',
    'UPPER',
    'example.com/x',
    'example.com/',
    'x y',
    'xy:',
    `xy:${'a'.repeat(129)}`,
    'xy@sha256:12',
    'xy:ü',
  ])('%j is refused, and named', (text) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ code: 'REFERENCE_INVALID', message: expect.stringContaining(`"${text}"`) }),
    )
  })

  test('any text is a reference or refused, and what is one stays the same when spelled out', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '.', ':', '/', '@', '-', 'localhost', '5000', 'docker.io'))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (input) => {
        try {
          const reference = parseReference(input)
          expect(parseReference(formatReference(reference))).toEqual(reference)
        } catch (error) {
          expect(error).toHaveProperty('code', 'REFERENCE_INVALID')
        }
      }),
    )
  })

  test('a suffix lengthens the tag, within its limit', () => {
    expect(formatReference(withTagSuffix(parseReference('xy:v1'), 'amd64'))).toBe('index.docker.io/library/xy:v1-amd64')
    const long = parseReference(`xy:${'a'.repeat(125)}`)
    expect(() => withTagSuffix(long, 'amd64')).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }))
    const digest = parseReference(`xy@sha256:${'a'.repeat(64)}`)
    expect(() => withTagSuffix(digest, 'amd64')).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }))
  })
})
