import { goJson, type JsonValue } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('goJson', () => {
  test.each<[string, JsonValue, string]>([
    ['markup is escaped', 'a <b> & c', '"a \\u003cb\\u003e \\u0026 c"'],
    ['line separators are escaped', '\u2028\u2029', '"\\u2028\\u2029"'],
    ['control characters', '\u0000\b\f\n\r\t\u001f"\\', '"\\u0000\\b\\f\\n\\r\\t\\u001f\\"\\\\"'],
    ['delete and other characters stay', '\u007fé日\u{1f600}', '"\u007fé日\u{1f600}"'],
    ['lone surrogates are replaced', 'a\ud800b\udc00', '"a\\ufffdb\\ufffd"'],
    ['objects keep their order and lose undefined', { b: 1, a: undefined, c: [] }, '{"b":1,"c":[]}'],
    [
      'maps are sorted by bytes',
      new Map([
        ['b', 1],
        ['B', 2],
      ]),
      '{"B":2,"b":1}',
    ],
    ['big integers', 18446744073709551615n, '18446744073709551615'],
    ['null and booleans', [null, true, false], '[null,true,false]'],
  ])('%s', (_, value, text) => {
    expect(goJson(value)).toBe(text)
  })

  test('indents as MarshalIndent does, empty containers on one line', () => {
    expect(goJson({ a: [1, { b: {} }], c: [] }, '  ')).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": {}\n    }\n  ],\n  "c": []\n}',
    )
  })

  test('any JSON value reads back equal', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(goJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
