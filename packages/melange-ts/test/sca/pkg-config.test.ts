import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePkgConfig } from '../../src/sca/pkg-config-grammar.ts'

describe('what a pkg-config file requires', () => {
  test.each([
    ['Requires: a >= 1.0, b<2 c=3', ['a', 'b', 'c']],
    ['Requires: a, b ,c', ['a', 'b', 'c']],
    ['Requires: a >=1.0 b', ['a', 'b']],
    ['Requires : a', ['a']],
    ['\tRequires: t', ['t']],
    ['Requires:a', ['a']],
    ['Requires: a # c', ['a']],
    ['Requires: a\r\n', ['a']],
    ['requires: a', []],
    ['Requires.Private: x', []],
    ['Requires: a\nRequires: b', ['b']],
    ['Requires.private: p\nRequires.internal: i\nRequires: a', ['a', 'p', 'i']],
    ['# only a comment\n\nprefix=/usr\nLibs: -L${prefix}/lib -lx', []],
    ['Requires:', []],
    ['', []],
  ])('%j', (text, expected) => expect(parsePkgConfig(text)).toEqual(expected))

  test.each([
    'Requires: gtk+-3.0 >= 3',
    'Requires: c++',
    'Requires: ${req}',
    'Requires: a >= ${v}',
    'Requires: a != 1',
    'Requires: a == 1',
    'Requires: x (>= 1)',
    'Requires: a \\\n b',
    'Requires: a,,b',
    'Requires: ,a',
    'my-var=1',
    'foo',
  ])('%j is beyond the grammar', (text) => expect(parsePkgConfig(text)).toBeUndefined())

  test('any text is either understood or refused', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const names = parsePkgConfig(`Requires: ${text}`)
        for (const name of names ?? []) expect(name).toMatch(/^[A-Za-z0-9_.-]+$/)
      }),
    )
  })
})
