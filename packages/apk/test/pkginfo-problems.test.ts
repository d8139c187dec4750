import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatPkgInfo, type PkgInfoInput, parsePkgInfo, pkgInfoProblems } from '../src/index.ts'
import { pkgInfoInput } from './helpers.ts'

describe('problems of a .PKGINFO before it is written', () => {
  test('none for ordinary values', () => {
    expect(pkgInfoProblems(pkgInfoInput)).toEqual([])
  })

  test.each([
    {
      change: { description: 'C# bindings' },
      severity: 'warning',
      text: 'pkgdesc will be read as "C", not "C# bindings"',
    },
    { change: { description: '"quoted"' }, severity: 'warning', text: 'pkgdesc will be read as "quoted"' },
    { change: { description: 'costs %(arch)s' }, severity: 'warning', text: 'will be read as "costs x86_64"' },
    { change: { description: 'ends in \\' }, severity: 'warning', text: 'pkgdesc will be read as "ends in url =' },
    { change: { url: 'http://a/#b' }, severity: 'warning', text: 'url will be read as "http://a/"' },
    { change: { licenses: ['MIT', 'ISC'] }, severity: 'warning', text: 'only the first, MIT' },
    { change: { dependencies: ['a,b'] }, severity: 'warning', text: 'depend will be read as ["a","b"]' },
    { change: { dependencies: ['a~=1'] }, severity: 'warning', text: 'a~=1: apko does not know the operator ~=' },
    { change: { description: 'two\nlines' }, severity: 'error', text: 'pkgdesc contains a line break' },
    {
      change: { description: '`open' },
      severity: 'error',
      text: 'will be unreadable: .PKGINFO:14: the value has no closing `',
    },
    { change: { replaces: ['a\rb'] }, severity: 'error', text: 'replaces contains a line break' },
  ] as { change: Partial<PkgInfoInput>; severity: string; text: string }[])('$text', ({ change, severity, text }) => {
    const problems = pkgInfoProblems({ ...pkgInfoInput, ...change })
    expect(problems.map((problem) => [problem.severity, problem.message])).toContainEqual([
      severity,
      expect.stringContaining(text),
    ])
  })

  test('without problems a description is read as it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (description) => {
        const input = { ...pkgInfoInput, description }
        fc.pre(pkgInfoProblems(input).length === 0)
        expect(parsePkgInfo(formatPkgInfo(input)).description).toBe(description)
      }),
    )
  })
})
