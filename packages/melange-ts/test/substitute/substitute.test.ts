import { assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecipeError } from '../../src/recipe/error.ts'
import { evaluateCondition, quoteForCondition } from '../../src/substitute/condition.ts'
import { replaceTokens } from '../../src/substitute/lenient.ts'
import { replaceAllGo } from '../../src/substitute/regexp.ts'
import { substituteStrict } from '../../src/substitute/strict.ts'

const variables = new Map([
  ['a', 'A'],
  ['b', '${{a}}'],
])

describe('load-time replacement', () => {
  test.each([
    ['${{a}} ${{b}}', 'A ${{a}}'],
    ['${{ a }}', '${{ a }}'],
    ['${{nope}} ${{a}}', '${{nope}} A'],
    ['${{x ${{a}}', '${{x A'],
    ['${{a', '${{a'],
    ['$${{a}}}}', '$A}}'],
  ])('%j becomes %j', (text, expected) => {
    expect(replaceTokens(text, variables)).toBe(expected)
  })
})

describe('strict substitution', () => {
  const run = (text: string) => substituteStrict(text, (name) => variables.get(name))

  test.each([
    ['${{\ta\n}}', 'A'],
    ['${{a}} ${{b}}', 'A ${{a}}'],
    ['$${{a}}', '$A'],
    ['\\${{a}}', '\\A'],
    ['${a}', '${a}'],
    ['${{a}}}}', 'A}}'],
  ])('%j becomes %j', (text, expected) => {
    expect(run(text)).toEqual({ ok: true, text: expected })
  })

  test.each([
    ['${{${{a}}}}', [{ kind: 'empty', position: 3 }]],
    ['${{a}} tail ${{', [{ kind: 'empty', position: 15 }]],
    ['${{a b}}', [{ kind: 'unterminated', name: 'a', position: 5 }]],
    [
      'a ${{zz}} ${{yy}} b',
      [
        { kind: 'unknown', name: 'zz', position: 2 },
        { kind: 'unknown', name: 'yy', position: 10 },
      ],
    ],
    ['ü ${{zz}}', [{ kind: 'unknown', name: 'zz', position: 3 }]],
  ])('%j reports every problem', (text, problems) => {
    expect(run(text)).toEqual({ ok: false, problems })
  })

  test('random text either substitutes or has problems', () => {
    assert(
      property(string(), (text) => {
        const result = run(`\${{${text}}} \${{a}}`)
        expect(result.ok || result.problems.length > 0).toBe(true)
      }),
    )
  })
})

describe('conditions', () => {
  test.each([
    ['', true],
    ["'d' == 'd' || 'a' == 'a' && 'b' == 'c'", false],
    ["'a' == 'a' && 'b' == 'c' || 'd' == 'd'", true],
    ["('a' == 'a')", true],
    ["(('a' == 'a'))", true],
    [`'a' == "a"`, true],
    ["'a'=='a'&&'b'=='b'", true],
    ["'x' \n==\n 'x' && 'y' == 'y'", true],
    ["'a\\tb' == 'a\tb'", true],
    ["'a\\qb' == 'a\\\\qb'", true],
    ["'a' != 'b'", true],
    [`"\\"x\\"" == '"x"'`, true],
  ])('%j is %s', (text, expected) => {
    expect(evaluateCondition(text)).toBe(expected)
  })

  test.each([
    ["!('a' == 'b')", 0],
    ["'true'", 6],
    ["'a' = 'a'", 4],
    ["a == 'a'", 0],
    ['true', 0],
    ["'x' == 'x')", 10],
    ["'a' == 'a' && b", 14],
    ["('a' == 'a'", 11],
    ['  ', 2],
  ])('%j fails at position %i', (text, position) => {
    expect(() => evaluateCondition(text)).toThrow(`at position ${position}`)
  })

  test('an unterminated reference and an unknown variable are named', () => {
    expect(() => evaluateCondition("${{a b}} == ''")).toThrow('unterminated variable reference a')
    expect(() => evaluateCondition("${{a}} == ''")).toThrow('"a" is not defined')
  })

  test('random text is a condition or a diagnosis', () => {
    assert(
      property(string(), (text) => {
        try {
          expect(typeof evaluateCondition(text)).toBe('boolean')
        } catch (error) {
          expect(error).toBeInstanceOf(RecipeError)
        }
      }),
    )
  })

  test.each([
    ['x86_64', '"x86_64"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\n\t\r\x01', '"\\n\\t\\r\\x01"'],
    ['ü\u00a0😀\u{e0001}', '"ü\\u00a0😀\\U000e0001"'],
  ])('%j is quoted as %s', (text, expected) => {
    expect(quoteForCondition(text)).toBe(expected)
  })
})

describe('pattern replacement', () => {
  test.each([
    ['1.2.3', '\\.', '_', '1_2_3'],
    ['1.2.3', '(\\d+)\\.(\\d+)', '$2_$1', '1.3'],
    ['1.2.3', '(\\d+)\\.(\\d+)', '${2}_$1', '2_1.3'],
    ['1.2.3', '(?P<x>\\d+)', '<$x>', '<1>.<2>.<3>'],
    ['1.2.3', '(\\d)', '\\$1', '\\1.\\2.\\3'],
    ['1.2.3', '(\\d)', '$$1', '$1.$1.$1'],
    ['1.2.3', '(\\d)', '$9', '..'],
    ['1.2.3', '(\\d)', '$&', '$&.$&.$&'],
    ['1.2.3', '\\d', '${{vars.x}}', '${{vars.x}}.${{vars.x}}.${{vars.x}}'],
    ['abc', '(.*)', '${1}t', 'abct'],
    ['abc', '', '-', '-a-b-c-'],
    ['abxd', 'x*', '-', '-a-b-d-'],
    ['baaac', 'a*', 'x', 'xbxcx'],
    ['a\nb', '(.*)', '[$1]', '[a]\n[b]'],
    ['a\nb', '(?m)^', 'x', 'xa\nxb'],
    ['ABC', '(?i)b', 'x', 'AxC'],
    ['a\u00a0b', '\\s', '_', 'a\u00a0b'],
    ['日本', '', '-', '-日-本-'],
    ['😀a', '', '-', '-😀-a-'],
    ['literal', '(?i)LIT', '', 'eral'],
    ['a.b', '\\Qa.b\\E', 'x', 'x'],
    [']a', '[]a]', 'x', 'xx'],
    ['a{,3}', 'a{,3}', 'x', 'x'],
    ['Ω', '\\p{Greek}', 'x', 'x'],
  ])('%j, pattern %j, template %j gives %j', (text, pattern, template, expected) => {
    expect(replaceAllGo(text, pattern, template)).toBe(expected)
  })

  test.each(['(a)\\1', '(?=b)', '(?!b)', '(?<=b)a', '(?<!b)a', '\\y', '\\Z', 'a{2,1}', 'a{1001}', '[', 'a**'])(
    '%j is no valid pattern',
    (pattern) => {
      expect(() => replaceAllGo('abc', pattern, 'x')).toThrow(`${JSON.stringify(pattern)} is not a valid pattern`)
    },
  )
})
