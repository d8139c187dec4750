import { assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEnvFile } from '../../src/recipe/env-file.ts'
import { RecipeError } from '../../src/recipe/error.ts'

const parse = (text: string) => parseEnvFile(text, 'env')

describe('env files', () => {
  test.each([
    ['export A=one', { A: 'one' }],
    ['A=one\nB="two $A"', { A: 'one', B: 'two one' }],
    ["A=one\nC='x $A'", { A: 'one', C: 'x $A' }],
    ['A=one\nD=${A}-d # comment', { A: 'one', D: 'one-d' }],
    ['F: yamlish', { F: 'yamlish' }],
    ['J=a#b', { J: 'a#b' }],
    ['A=one\nK=\\$A', { A: 'one', K: '$A' }],
    ['L="q\\"q\\n\\\\x"', { L: 'q"q\n\\x' }],
    ['A=one\nM=$(A)', { A: 'one', M: 'one)' }],
    ['N=$a', { N: '$a' }],
    ['# comment\n\n  A=1\r\nB=2', { A: '1', B: '2' }],
    ['A=', { A: '' }],
    ['A="two\nlines"\nB=x', { A: 'two\nlines', B: 'x' }],
    ['A B=1', { 'A B': '1' }],
    ['A=$NOPE.', { A: '.' }],
    ['', {}],
  ])('%j', (text, expected) => {
    expect(parse(text)).toEqual(expected)
  })

  test.each([
    ['A=1\nB="open', 2],
    ['A-B=1', 1],
    ['A=1\n\njust words', 3],
  ])('%j fails on line %i', (text, line) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'ENV_FILE', at: { file: 'env', line } }))
  })

  test('random text parses or is refused', () => {
    assert(
      property(string(), (text) => {
        try {
          expect(parse(`A=${text}\n${text}`)).toBeDefined()
        } catch (error) {
          expect(error).toBeInstanceOf(RecipeError)
        }
      }),
    )
  })
})
