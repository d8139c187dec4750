import { describe, expect, test } from 'vitest'
import { chosenStep, describeStep, type PlannedStep } from '../../src/build/planned-steps.ts'

function steps(...fields: { name?: string; label?: string; uses?: string; package?: string }[]): PlannedStep[] {
  return fields.map(({ name = '', label = '', uses = '', package: owner }, at) => {
    const output = { name: owner ?? 'main', ...(owner === undefined ? {} : { subpackage: {} }) }
    const step = { name, label, uses, at: { file: 'r.yaml', line: 10 + at } }
    return { number: at + 1, output, step } as unknown as PlannedStep
  })
}

const STEPS = steps(
  { uses: 'fetch' },
  { name: 'configure', label: 'conf' },
  { uses: 'strip' },
  { label: '2' },
  { uses: 'strip', package: 'main-dev' },
)

describe('the step of a command line', () => {
  test.each([
    ['1', 1],
    ['5', 5],
    ['fetch', 1],
    ['configure', 2],
    ['conf', 2],
    ['2', 2],
  ])('%s is number %i', (wanted, number) => {
    expect(chosenStep(STEPS, wanted)).toBe(number)
  })

  test.each([
    ['0', 'there is no step "0"'],
    ['6', 'there is no step "6"'],
    ['build', 'there is no step "build"'],
    ['strip', '2 steps are called "strip"'],
  ])('%s is none, and all are listed', (wanted, message) => {
    const listed = '1  fetch\n2  configure (conf)\n3  strip\n4  the step on line 13 (2)\n5  strip of main-dev'
    const expected = expect.objectContaining({ code: 'STEP_UNKNOWN', message, notes: [`steps:\n${listed}`] })
    expect(() => chosenStep(STEPS, wanted)).toThrow(expected)
  })

  test('in words', () => {
    expect(STEPS.map(describeStep)[4]).toBe('strip of main-dev')
  })
})
