import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shellWord } from '../../src/build/shell-word.ts'
import { stepCommand, stepDirectory } from '../../src/build/step-command.ts'

describe('a word for the shell', () => {
  test.each([
    ['/home/build', '/home/build'],
    ['/home/build/sub dir/x', "'/home/build/sub dir/x'"],
    ["it's here", "'it'\\''s here'"],
    ['a&b', 'a\\&b'],
    ['~x', '\\~x'],
    ['x~', 'x~'],
    ['a#b=c', 'a#b=c'],
    ['', "''"],
  ])('%j is written %s', (text, expected) => expect(shellWord(text)).toBe(expected))

  test('is read back as it was', () => {
    const text = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((word) => !/[#=~^%@,+:]/.test(word))
    fc.assert(
      fc.property(text, (word) => {
        const read = execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })
        expect(read).toBe(word)
      }),
      { numRuns: 60 },
    )
  })
})

test.each([
  ['', '/home/build'],
  ['sub', '/home/build/sub'],
  ['../x', '/home/x'],
  ['/tmp', '/tmp'],
])('the directory of working-directory %j is %s', (given, expected) => expect(stepDirectory(given)).toBe(expected))

test('the command of a step stops at failures, makes its directory and ends well', () => {
  expect(stepCommand('make\n', '/home/build/sub dir', { trace: false })).toEqual([
    '/bin/sh',
    '-c',
    "set -eo pipefail\n[ -d '/home/build/sub dir' ] || mkdir -p '/home/build/sub dir'\ncd '/home/build/sub dir'\nmake\n\nexit 0",
  ])
  expect(stepCommand('x', '/', { trace: true })[2]).toMatch(/^set -exo pipefail\n/)
})
