import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { compileUse } from './run-row.ts'

const directory = mkdtempSync(join(tmpdir(), 'overrides-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** The part of npm/install that node runs, as a guest gets it. */
const [script] = compileUse({ uses: 'npm/install', with: { package: 'x', version: '1' } })[0]!.pipeline
const program = /node -e '([^']*)'/.exec(script!.runs)?.[1]

function overridesOf(text: string): unknown {
  const file = join(directory, 'package.json')
  writeFileSync(file, '{"dependencies":{"x":"1"}}')
  execFileSync(process.execPath, ['-e', program!], { cwd: directory, env: { OVERRIDES: text } })
  const { overrides, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  expect(rest).toEqual({ dependencies: { x: '1' } })
  return overrides
}

test.each([
  ['one', 'a@1', { a: '1' }],
  ['commas and white space', 'a@1,b@2 c@3\nd@4\te@5', { a: '1', b: '2', c: '3', d: '4', e: '5' }],
  ['comments', '# all\na@1 # why, b@2\nb@^3', { a: '1', b: '^3' }],
  ['a name alone is dropped', 'a b@1', { b: '1' }],
  ['a scope is not understood', '@scope/a@1', { '': 'scope/a' }],
  ['the last one counts', 'a@1 a@2', { a: '2' }],
  ['quotes are only letters', 'a@"1"', { a: '"1"' }],
])('overrides: %s', (_, text, expected) => {
  expect(overridesOf(text)).toEqual(expected)
})
