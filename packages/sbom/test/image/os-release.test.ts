import { describe, expect, test } from 'vitest'
import { parseOsRelease } from '../../src/index.ts'

describe('os-release', () => {
  test.each([
    [undefined, { id: 'unknown', name: 'apko-generated image', version: 'unknown' }],
    ['', { id: '', name: '', version: '' }],
    ['ID=wolfi\nNAME="Wolfi"\nVERSION_ID="20230201"\n', { id: 'wolfi', name: 'Wolfi', version: '20230201' }],
    ["# comment\n\nID='quoted'\nVERSION_ID=a=b\n", { id: "'quoted'", name: '', version: 'a=b' }],
    ['NAME=""two""\n', { id: '', name: 'two', version: '' }],
  ])('%j', (text, expected) => {
    expect(parseOsRelease(text)).toEqual(expected)
  })

  test('a line that is none of it is an error with its number and text', () => {
    expect(() => parseOsRelease('ID=x\nno equals\n')).toThrow(
      expect.objectContaining({ code: 'OS_RELEASE_MALFORMED', message: expect.stringMatching(/line 2.*no equals/) }),
    )
  })
})
