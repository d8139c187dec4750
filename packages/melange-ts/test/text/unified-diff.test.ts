import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unifiedDiff } from '../../src/text/unified-diff.ts'

const diff = (before: string, after: string) => unifiedDiff({ name: 'a', text: before }, { name: 'b', text: after })

describe('a difference', () => {
  test('of equal texts is empty', () => expect(diff('x\n', 'x\n')).toBe(''))

  test('shows three lines around each change', () => {
    const lines = (changed: string) => ['1', '2', '3', '4', changed, '6', '7', '8', '9', ''].join('\n')
    expect(diff(lines('5'), lines('five'))).toBe(
      'diff a b\n--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n',
    )
  })

  test('to nothing removes every line', () => {
    expect(diff('a\nb\n', '')).toBe('diff a b\n--- a\n+++ b\n@@ -1,2 +0,0 @@\n-a\n-b\n')
  })

  const patch = hasPatch()
  test.skipIf(!patch)('makes one text of the other (skipped: no patch program here)', () => {
    const directory = mkdtempSync(join(tmpdir(), 'diff-test-'))
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }).map((lines) => `${lines.join('\n')}\n`)
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after)
        writeFileSync(join(directory, 'f'), before)
        execFileSync('patch', ['-s', '-F0', 'f'], { cwd: directory, input: diff(before, after) })
        expect(execFileSync('cat', ['f'], { cwd: directory, encoding: 'utf8' })).toBe(after)
      }),
      { numRuns: 40 },
    )
    rmSync(directory, { recursive: true })
  })
})

function hasPatch(): boolean {
  try {
    execFileSync('patch', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
