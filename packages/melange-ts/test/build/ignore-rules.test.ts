import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseIgnoreRules } from '../../src/build/ignore-rules.ts'
import { BuildError } from '../../src/build/index.ts'

function ignored(rules: string, path: string): boolean {
  return parseIgnoreRules(rules, '.melangeignore').ignores(path)
}

describe('a pattern', () => {
  test.each([
    ['*.o', 'x.o', true],
    ['*.o', 'b/x/y.o', true],
    ['*.o', 'x.oo', false],
    ['/top.txt', 'top.txt', true],
    ['/top.txt', 'b/x/top.txt', false],
    ['dir/', 'dir', true],
    ['dir/', 'dir/inside', true],
    ['node_modules', 'a/node_modules/b/c.js', true],
    ['dir/**', 'dir/a/b', true],
    ['**/deep/*', 'a/deep/f', true],
    ['a?c', 'abc', true],
    ['a?c', 'a.c', true],
    ['a?c', 'b/abc', true],
    ['a?c', 'a/c', false],
    ['a//b/', 'a/b', true],
    ['./x', 'x', true],
    ['trailing   ', 'trailing', true],
    ['# comment', '# comment', false],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['[ab].txt', 'a.txt', true],
    ['\ufeffx', 'x', true],
    ['a\nb', 'b', true],
    ['', 'x', false],
  ])('%j and %j', (rules, path, expected) => expect(ignored(rules, path)).toBe(expected))

  test('with an exclamation mark brings a file back', () => {
    expect(ignored('*.txt\n!keep.txt', 'keep.txt')).toBe(false)
    expect(ignored('*.txt\n!keep.txt', 'other.txt')).toBe(true)
    expect(ignored('!keep.txt\n*.txt', 'keep.txt')).toBe(true)
  })

  test('that is no expression names its line', () => {
    expect(() => parseIgnoreRules('ok\n(', 'f')).toThrow(
      expect.objectContaining({ code: 'IGNORE_RULE', at: { file: 'f', line: 2 } }),
    )
  })

  test('is understood or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (rules, path) => {
        try {
          expect(typeof ignored(rules, path)).toBe('boolean')
        } catch (error) {
          expect(error).toBeInstanceOf(BuildError)
        }
      }),
    )
  })
})
