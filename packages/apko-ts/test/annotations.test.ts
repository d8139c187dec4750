import { expect, test } from 'vitest'
import { parseAnnotations } from '../src/image/annotations.ts'

test('the first colon separates key and value', () => {
  expect(parseAnnotations(['a.b:c:d', 'x-1:y'])).toEqual({ 'a.b': 'c:d', 'x-1': 'y' })
})

test.each([['novalue'], ['Bad:x'], ['k:'], ['k:a', 'k:b'], [':v']])('refuses %j', (...values) => {
  expect(() => parseAnnotations(values)).toThrow(/annotation/)
})
