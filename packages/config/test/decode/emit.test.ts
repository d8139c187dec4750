import { array, assert, dictionary, oneof, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareKeys } from '../../src/decode/key-order.ts'
import { decodeYaml, emitYaml, jsonSchema, type Type, y } from '../../src/index.ts'

describe('strings', () => {
  test.each([
    ['abc', 'abc'],
    ['', '""'],
    ['1', '"1"'],
    ['1.10', '"1.10"'],
    ['true', '"true"'],
    ['y', '"y"'],
    ['off', '"off"'],
    ['null', '"null"'],
    ['~', '"~"'],
    ['2020-01-01', '"2020-01-01"'],
    ['12:30', '"12:30"'],
    ['0x1f', '"0x1f"'],
    ['1.2.3', '1.2.3'],
    ['*', "'*'"],
    ['"x" == \'y\'', "'\"x\" == ''y'''"],
    ['a: b', "'a: b'"],
    ['a:b', 'a:b'],
    ['a #b', "'a #b'"],
    ['a#b', 'a#b'],
    ['- a', "'- a'"],
    ['-a', '-a'],
    ['@tag x', "'@tag x'"],
    [' a', "' a'"],
    ['a\tb', '"a\\tb"'],
    ['a\x07', '"a\\a"'],
    ['ünï', 'ünï'],
    ['😀', '"\\U0001F600"'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\n', '|\n  a'],
    ['a\n\n', '|+\n  a\n'],
    [' a\n', '|2\n   a'],
    ['a \nb', '"a \\nb"'],
  ])('%j is written as %s', (text, expected) => {
    expect(emitYaml({ k: text }, { indent: 2 })).toBe(`k: ${expected}\n`)
  })

  test.each([
    ['\n', '|2+\n'],
    ['\n\n', '|2+\n\n'],
    ['\na', '|2-\n  a\n'],
    ['\n a\n', '|2\n   a\n'],
    [' a\n', '|2\n   a\n'],
  ])('%j loses the break at its start where go-yaml is to be followed', (text, expected) => {
    expect(emitYaml({ k: text }, { indent: 2, losesBreak: true })).toBe(`k: ${expected}`)
  })

  test('a key with any kind of line break is a key of its own lines', () => {
    expect(emitYaml({ 'a\rb': 'c' }, { indent: 2 })).toBe('? "a\\rb"\n: c\n')
  })

  test.each([2, 4] as const)('a block that starts with a blank says how deep it lies, indent %i', (indent) => {
    const list = ['\n!', ' a\nb']
    const text = emitYaml({ list, deep: [{ k: '\n!' }] }, { indent })
    const document: Type<unknown> = y.struct('document', {
      list: y.listOf(y.string),
      deep: y.listOf(y.mapOf(y.string)),
    })
    expect(decodeYaml({ file: 'x.yaml', text }, document).value).toEqual({ list, deep: [{ k: '\n!' }] })
  })

  test('what is written reads back as the same text', () => {
    const document: Type<unknown> = y.struct('document', { list: y.listOf(y.string), vars: y.mapOf(y.string) })
    const value = string({ unit: 'grapheme' })
    const anyText = oneof(value, string(), string({ unit: 'binary-ascii' }))
    assert(
      property(array(anyText), dictionary(anyText, anyText), (list, vars) => {
        const text = emitYaml({ list, vars: new Map(Object.entries(vars)) }, { indent: 4 })
        const { value: back } = decodeYaml({ file: 'x.yaml', text }, document)
        expect(back).toEqual({ list, vars: { ...vars } })
      }),
    )
  })
})

describe('layout', () => {
  const value = { a: { b: [{ c: 'x', d: ['y'] }], e: [], f: {}, g: true, h: 12n, i: null }, j: undefined }

  test('indents by two', () => {
    const expected = `a:
  b:
    - c: x
      d:
        - "y"
  e: []
  f: {}
  g: true
  h: 12
  i: null
`
    expect(emitYaml(value, { indent: 2 })).toBe(expected)
  })

  test('indents by four, list items by two from their dash', () => {
    expect(emitYaml({ users: [{ name: 'a', groups: ['b'] }] }, { indent: 4 })).toBe(
      'users:\n    - name: a\n      groups:\n        - b\n',
    )
  })

  test('a map is sorted, an object is not', () => {
    const map = new Map(['b', 'a10', 'a9', 'B', '_'].map((key) => [key, 'x']))
    expect([...emitYaml(map, { indent: 2 }).matchAll(/^(\w+)/gm)].map(([, key]) => key)).toEqual([
      '_',
      'B',
      'a9',
      'a10',
      'b',
    ])
    expect(emitYaml({ b: 'x', a: 'z' }, { indent: 2 })).toBe('b: x\na: z\n')
  })

  test('keys that differ in a number are ordered by it', () => {
    expect(compareKeys('v9', 'v10')).toBeLessThan(0)
    expect(compareKeys('a', 'a1')).toBeLessThan(0)
    expect(compareKeys('a.b', 'ab')).toBeLessThan(0)
  })
})

test('a JSON Schema names keys, descriptions and recursion', () => {
  interface Step {
    readonly name: string
    readonly steps: readonly Step[]
  }
  const step: Type<Step> = y.struct('step', {
    name: y.described('label', y.string),
    steps: y.listOf(y.lazy(() => step)),
  })
  expect(jsonSchema(step)).toMatchObject({
    $ref: '#/$defs/step',
    $defs: {
      step: {
        additionalProperties: false,
        properties: {
          name: { description: 'label' },
          steps: { items: { $ref: '#/$defs/step' } },
        },
      },
    },
  })
})
