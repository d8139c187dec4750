import { didYouMean, formatLocation, nearNames } from '@apkts/diagnostics'
import { describe, expect, test } from 'vitest'

describe('nearNames', () => {
  const known = ['packages', 'keyring', 'repositories', 'build_repositories', 'zlib', 'zlib-dev']
  test.each([
    ['pakages', ['packages']],
    ['keyrings', ['keyring']],
    ['repositorys', ['repositories']],
    ['zlb', ['zlib']],
    ['completely-different', []],
    ['zlib-', ['zlib-dev', 'zlib']],
  ])('%s', (name, near) => {
    expect(nearNames(name, known).sort()).toEqual([...near].sort())
  })
})

test('didYouMean says nothing when nothing is near', () => {
  expect(didYouMean('qqqq', ['packages'])).toBeUndefined()
  expect(didYouMean('pakages', ['packages'])).toBe('did you mean "packages"?')
})

test.each([
  [{ file: 'a' }, 'a'],
  [{ file: 'a', line: 3 }, 'a:3'],
  [{ file: 'a', line: 3, column: 5 }, 'a:3:5'],
  [{ file: 'a', column: 5 }, 'a'],
])('%j reads %s', (at, text) => {
  expect(formatLocation(at)).toBe(text)
})
