import { describe, expect, test } from 'vitest'
import { type Budget, type BudgetOptions, budgetOf } from '../src/environment/budget.ts'

const MB = 1 << 20

describe('the budget', () => {
  test.each<[BudgetOptions, Budget]>([
    [{ jobs: 1 }, { packages: 1, packageBytes: 64 * MB, segments: 5, archs: 1 }],
    [{ jobs: 2 }, { packages: 2, packageBytes: 64 * MB, segments: 6, archs: 2 }],
    [{ jobs: 16 }, { packages: 16, packageBytes: 64 * MB, segments: 20, archs: 2 }],
    [
      { jobs: 16, memory: 64 * MB },
      { packages: 8, packageBytes: 32 * MB, segments: 16, archs: 1 },
    ],
    [
      { jobs: 8, memory: 16 * MB },
      { packages: 2, packageBytes: 8 * MB, segments: 4, archs: 1 },
    ],
    [
      { jobs: 8, memory: 1 },
      { packages: 1, packageBytes: 0, segments: 1, archs: 1 },
    ],
  ])('of %o', (options, expected) => {
    expect(budgetOf(options)).toEqual(expected)
  })

  test('without a wish goes by the machine, with some packages under way even on one processor', () => {
    const { packages, segments } = budgetOf({})
    expect(packages).toBeGreaterThanOrEqual(4)
    expect(segments).toBeGreaterThanOrEqual(2)
  })
})
