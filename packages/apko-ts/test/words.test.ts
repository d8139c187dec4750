import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApkoError } from '../src/error.ts'
import { splitWords } from '../src/image/words.ts'

describe('splitting a command line into words', () => {
  test.each([
    ['', []],
    ['  \t\r\n ', []],
    ['# only a comment', []],
    ['one \'two three\' "four \\" five" \\x a#b', ['one', 'two three', 'four " five', 'x', 'a#b']],
    ['/usr/bin/env -i "A B" \'c d\' e\\ f # comment', ['/usr/bin/env', '-i', 'A B', 'c d', 'e f']],
    ['a"b c"d', ['ab cd']],
    ['"" \'\'', ['', '']],
    ['"\\n"', ['n']],
    ["'\\n'", ['\\n']],
    ['a\\\nb', ['a\nb']],
    ['a # b\nc', ['a', 'c']],
    ['"$HOME `x`"', ['$HOME `x`']],
  ])('%j gives %j', (text, words) => {
    expect(splitWords(text, 'cmd')).toEqual(words)
  })

  test.each(["a 'b", 'a "b', 'a \\', '"a\\'])('refuses %j, naming the field', (text) => {
    expect(() => splitWords(text, 'entrypoint.command')).toThrow(/entrypoint\.command/)
  })

  test('any text is split or refused with our error', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '\\', '#', '\n', 'ä') }), (text) => {
        try {
          expect(splitWords(text, 'cmd').join('').length).toBeLessThanOrEqual(text.length)
        } catch (error) {
          expect(error).toBeInstanceOf(ApkoError)
        }
      }),
    )
  })

  test('quoted words come back as they were', () => {
    const quoted = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(splitWords(words.map(quoted).join(' '), 'cmd')).toEqual(words)
      }),
    )
  })
})
