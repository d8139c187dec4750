import { expect, test } from 'vitest'
import type { CheckedFile } from '../../src/check/finding.ts'
import { REPORTS } from '../../src/check/report/index.ts'

const FILES: readonly CheckedFile[] = [
  { file: 'good.yaml', findings: [] },
  {
    file: 'dir/b c.yaml',
    findings: [
      {
        level: 'error',
        code: 'UNKNOWN_KEY',
        message: 'unknown key "x:y", 100%\nsecond line',
        at: { file: 'dir/b c.yaml', line: 3, column: 5 },
        notes: ['a note'],
        hint: 'did you mean "z"?',
      },
      { level: 'warning', code: 'UNUSED_VAR', message: 'nothing uses it', at: { file: '/x/p.yaml' }, notes: [] },
    ],
  },
]

function report(format: string, files = FILES): string {
  return REPORTS[format]!(files, { color: false, version: '1.2' })
}

test('text shows every finding like an error of the program, and counts them', () => {
  expect(report('text')).toBe(`error[UNKNOWN_KEY]: unknown key "x:y", 100%
second line
  --> dir/b c.yaml:3:5
  = a note
  hint: did you mean "z"?

warning[UNUSED_VAR]: nothing uses it
  --> /x/p.yaml

2 recipes: 1 error, 1 warning
`)
  expect(report('text', [FILES[0]!])).toBe('1 recipe: nothing wrong\n')
})

test('github has one workflow command a finding, escaped', () => {
  expect(report('github').split('\n').slice(0, 2)).toEqual([
    '::error file=dir/b c.yaml,line=3,col=5,title=UNKNOWN_KEY::unknown key "x:y", 100%25%0Asecond line%0Adid you mean "z"?',
    '::warning file=/x/p.yaml,title=UNUSED_VAR::nothing uses it',
  ])
})

test('json has all files and the counts', () => {
  expect(JSON.parse(report('json'))).toEqual({ errors: 1, warnings: 1, files: FILES })
})

test('sarif names rules once, percent-encodes paths and places results', () => {
  const log = JSON.parse(report('sarif'))
  expect(log.version).toBe('2.1.0')
  const [run] = log.runs
  expect(run.tool.driver).toEqual({
    name: 'melange-ts',
    version: '1.2',
    rules: [{ id: 'UNKNOWN_KEY' }, { id: 'UNUSED_VAR' }],
  })
  expect(run.artifacts[1].location.uri).toBe('dir/b%20c.yaml')
  expect(run.results.map((result: { ruleIndex: number; level: string }) => [result.ruleIndex, result.level])).toEqual([
    [0, 'error'],
    [1, 'warning'],
  ])
  expect(run.results[0].locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'dir/b%20c.yaml' },
    region: { startLine: 3, startColumn: 5 },
  })
  expect(run.results[1].locations[0].physicalLocation).toEqual({ artifactLocation: { uri: 'file:///x/p.yaml' } })
})
