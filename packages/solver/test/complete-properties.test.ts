import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSolution, type Solution, SolverError, type SolverIndex, solveComplete } from '../src/index.ts'
import { smallUniverse, smallWorld, universe, world } from './arbitrary.ts'
import { buildOf, type Item, isConsistent, itemsOf, meetsParts, subsets, triggered } from './checker.ts'

function attempt(indexes: readonly SolverIndex[], wanted: readonly string[]): Solution | SolverError {
  try {
    return solveComplete({ indexes, world: wanted })
  } catch (error) {
    if (error instanceof SolverError) return error
    throw error
  }
}

function isIn(set: readonly Item[], other: readonly Item[]): boolean {
  return set.every((item) => other.some(({ record }) => record === item.record))
}

describe('the complete resolver on random universes', () => {
  test('finds a closed set without conflicts in it, or names a conflict', () => {
    fc.assert(
      fc.property(universe, world, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        if (outcome instanceof SolverError) {
          expect(outcome.conflict.length).toBeGreaterThan(0)
          return
        }
        expect(isConsistent(outcome.packages, wanted)).toBe(true)
        expect(checkSolution(outcome.packages, { world: wanted })).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  test('finds a solution exactly where there is one, tried out with every subset', () => {
    fc.assert(
      fc.property(smallUniverse, smallWorld, (indexes, wanted) => {
        const items = itemsOf(indexes)
        const outcome = attempt(indexes, wanted)
        const consistent = [...subsets(items)].filter((set) => isConsistent(set, wanted))
        if (outcome instanceof SolverError) {
          expect(consistent).toEqual([])
          return
        }
        expect(isConsistent(outcome.packages, wanted)).toBe(true)
        // What install_if asks for is only left out when it cannot be added.
        for (const missing of triggered(outcome.packages, items)) {
          const more = consistent.filter((set) => set.includes(missing) && isIn(outcome.packages, set))
          expect(more.map((set) => set.map(buildOf))).toEqual([])
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('names constraints that contradict each other, none of them needlessly, tried out with every subset', () => {
    fc.assert(
      fc.property(smallUniverse, smallWorld, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        if (!(outcome instanceof SolverError)) return
        const { conflict } = outcome
        const sets = [...subsets(itemsOf(indexes))]
        expect(conflict.length).toBeGreaterThan(0)
        expect(sets.filter((set) => meetsParts(set, conflict, wanted))).toEqual([])
        // A tag and a name with three builds are facts about several packages at once.
        if (indexes[1]?.records.length !== 0) return
        if (conflict.some((part) => part.kind === 'same-name' && part.packages.length > 2)) return
        for (const part of conflict) {
          const others = conflict.filter((other) => other !== part)
          expect(sets.some((set) => meetsParts(set, others, wanted))).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('lists what a package needs before it, circles aside, and has a reason that leads to the world', () => {
    fc.assert(
      fc.property(universe, world, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        if (outcome instanceof SolverError) return
        const builds = outcome.packages.map(buildOf)
        for (const { reason } of outcome.packages) {
          if (reason.kind === 'world') expect(wanted).toContain(reason.constraint)
          else expect(builds).toContain(reason.requiredBy)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('does not depend on the order of the world', () => {
    fc.assert(
      fc.property(universe, world, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        const again = attempt(indexes, [...wanted].reverse())
        if (outcome instanceof SolverError) expect((again as SolverError).message).toBe(outcome.message)
        else expect((again as Solution).packages.map(buildOf)).toEqual(outcome.packages.map(buildOf))
      }),
      { numRuns: 500 },
    )
  })
})
