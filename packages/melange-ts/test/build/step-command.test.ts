import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { execa } from 'execa'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeOfCommand } from '../../src/build/failed-command.ts'
import { shellWord } from '../../src/build/shell-word.ts'
import { type FailedCommand, failureReport, stepCommand, stepDirectory } from '../../src/build/step-command.ts'

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
  const [program, flag, text = ''] = stepCommand('make\n', '/home/build/sub dir', { trace: false })
  const [first, ...rest] = text.split('\n')
  expect([program, flag]).toEqual(['/bin/sh', '-c'])
  expect(first).toMatch(/^set -eo pipefail; /)
  expect(rest).toEqual([
    "[ -d '/home/build/sub dir' ] || mkdir -p '/home/build/sub dir'",
    "cd '/home/build/sub dir'",
    'make',
    '',
    'exit 0',
  ])
  expect(stepCommand('x', '/', { trace: true })[2]).toMatch(/^set -exo pipefail\n/)
})

interface Failing {
  readonly script: string
  readonly text?: string
  readonly line?: number
}

const FAILING: readonly Failing[] = [
  { script: 'echo a\nls /nowhere\necho b', text: 'ls /nowhere', line: 12 },
  { script: 'f() {\n\ttrue\n\tls /nowhere\n}\nif true; then\n\tf\nfi', text: 'ls /nowhere', line: 13 },
  { script: 'if true; then\n\techo bad\n\texit 3\nfi', text: 'exit 3', line: 13 },
  { script: 'ls /nowhere | cat', text: 'ls /nowhere | cat', line: 11 },
  { script: 'grep a \\\n\t/nowhere', text: 'grep a /nowhere', line: 11 },
  { script: 'x=$(cat /nowhere)', text: 'x=$(cat /nowhere)', line: 11 },
  { script: 'true\ntrue\nfalse', text: 'false', line: 13 },
]

describe('a failing script says which command it was', () => {
  test.each(FAILING)('$script', async ({ script, text, line }) => {
    const [, , command = ''] = stepCommand(script, tmpdir(), { trace: false })
    // With a socket for standard input bash takes itself for a remote login and reads the user's start-up file.
    const { stderr, exitCode } = await execa('bash', ['-c', command], { reject: false, stdin: 'ignore' })
    expect(exitCode).not.toBe(0)
    const report = stderr
      .split('\n')
      .map(failureReport)
      .find((found) => found !== undefined)
    const at = { file: 'recipe.yaml', line: 11 }
    expect(report).toBeTypeOf('object')
    const found = placeOfCommand({ runs: script, written: script, runsAt: at }, report as FailedCommand)
    expect(found).toEqual({ text, exact: true, at: { file: 'recipe.yaml', line } })
  })

  test('in shells that count lines from 0, too', () => {
    expect(failureReport('\u0001~4 0')).toEqual({ line: 2, exact: false })
    expect(failureReport('\u0001~5 1')).toEqual({ line: 2, exact: false })
    expect(failureReport('\u0001~2 0')).toBe('none')
    expect(failureReport('\u0001~ ')).toBe('none')
    expect(failureReport('an ordinary line')).toBeUndefined()
  })

  test('where it is written, comments and blank lines counted', () => {
    const step = { runs: 'make\nmake\n', written: '# first\nmake\n\nmake # again\n', runsAt: { file: 'r', line: 5 } }
    expect(placeOfCommand(step, { line: 2, exact: true })).toEqual({
      text: 'make',
      exact: true,
      at: { file: 'r', line: 8 },
    })
    expect(placeOfCommand(step, { text: 'make' })).toEqual({ text: 'make', exact: true, at: undefined })
  })

  test('nothing when it ends well', async () => {
    const [, , command = ''] = stepCommand('trap "echo mine" EXIT\nif false; then :; fi', tmpdir(), { trace: false })
    for (const shell of ['bash', 'dash']) {
      const text = shell === 'dash' ? command.replace('o pipefail', '') : command
      expect(await execa(shell, ['-c', text], { stdin: 'ignore' })).toMatchObject({ stdout: 'mine', stderr: '' })
    }
  })
})
