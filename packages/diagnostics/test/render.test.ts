import { DiagnosticError, DiagnosticErrors, errorToJson, renderError, throwProblems } from '@apkts/diagnostics'
import { describe, expect, test } from 'vitest'

const SOURCE = 'contents:\n  pakages:\n\t- x\n'
const readSource = (file: string) => (file === 'image.yaml' ? SOURCE : undefined)

describe('renderError', () => {
  test('shows code, place, frame, notes and hint', () => {
    const error = new DiagnosticError('UNKNOWN_KEY', 'unknown key "pakages" in contents', {
      at: { file: 'image.yaml', line: 2, column: 3, length: 7 },
      notes: ['known keys: packages, keyring'],
      hint: 'did you mean "packages"?',
    })
    expect(renderError(error, { readSource })).toBe(
      [
        'error[UNKNOWN_KEY]: unknown key "pakages" in contents',
        '  --> image.yaml:2:3',
        '   |',
        ' 2 |   pakages:',
        '   |   ^^^^^^^',
        '  = known keys: packages, keyring',
        '  hint: did you mean "packages"?',
        '',
      ].join('\n'),
    )
  })

  test.each([
    ['a file that cannot be read', { file: 'gone.yaml', line: 2 }, '  --> gone.yaml:2'],
    ['a line beyond the end', { file: 'image.yaml', line: 99 }, '  --> image.yaml:99'],
    ['no line', { file: 'image.yaml' }, '  --> image.yaml'],
  ])('shows only the place for %s', (_, at, arrow) => {
    expect(renderError(new DiagnosticError('X', 'm', { at }), { readSource })).toBe(`error[X]: m\n${arrow}\n`)
  })

  test('keeps tabs under tabs so that the caret stays below its column', () => {
    const error = new DiagnosticError('X', 'm', { at: { file: 'image.yaml', line: 3, column: 4 } })
    expect(renderError(error, { readSource }).split('\n').at(-2)).toBe('   | \t  ^')
  })

  test('reports several problems one after the other', () => {
    const problems = [new DiagnosticError('A', 'one'), new DiagnosticError('B', 'two')]
    expect(renderError(new DiagnosticErrors(problems))).toBe('error[A]: one\n\nerror[B]: two\n')
  })

  test('shows causes only when asked', () => {
    const error = new DiagnosticError('A', 'outer', { cause: new Error('inner') })
    expect(renderError(error)).not.toContain('inner')
    expect(renderError(error, { debug: true })).toContain('inner')
  })

  test('names the system code of a system error', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' })
    expect(renderError(error)).toBe('error[ENOSPC]: ENOSPC: no space left on device\n')
  })
})

test('errorToJson carries the same facts', () => {
  const error = new DiagnosticError('A', 'm', { at: { file: 'f', line: 1 }, hint: 'h' })
  expect(errorToJson(error)).toEqual({ code: 'A', message: 'm', at: { file: 'f', line: 1 }, hint: 'h' })
})

test('throwProblems throws none, one or all', () => {
  const one = new DiagnosticError('A', 'one')
  expect(() => throwProblems([])).not.toThrow()
  expect(() => throwProblems([one])).toThrow(one)
  expect(() => throwProblems([one, one])).toThrow(DiagnosticErrors)
})

test('a message never carries a whole hostile file', () => {
  const { message } = new DiagnosticError('A', `found "${'x'.repeat(10_000_000)}" here`)
  expect(message.length).toBeLessThan(20_000)
  expect(message).toMatch(/^found "x+ … \(\d+ characters\) … x+" here$/)
})
