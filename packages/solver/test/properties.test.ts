import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSolution, type Solution, SolverError, type SolverIndex, solve } from '../src/index.ts'
import { universe, world } from './arbitrary.ts'
import { fitsTogether } from './checker.ts'
import { Refused, referenceSolve } from './reference.ts'
import { builds } from './universe.ts'

function attempt(indexes: readonly SolverIndex[], wanted: readonly string[]): Solution | SolverError {
  try {
    return solve({ indexes, world: wanted })
  } catch (error) {
    if (error instanceof SolverError) return error
    throw error
  }
}

describe('random universes', () => {
  test('are solved or refused with an error that names a world entry', () => {
    fc.assert(
      fc.property(universe, world, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        if (outcome instanceof SolverError) expect(wanted.some((entry) => outcome.message.includes(entry))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('a solution has one build per name, all of them from the indexes, and every gap in it is reported', () => {
    fc.assert(
      fc.property(universe, world, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        if (outcome instanceof SolverError) return
        const records = outcome.packages.map((resolved) => resolved.record)
        expect(new Set(records.map((one) => one.name)).size).toBe(records.length)
        for (const { record: one, location } of outcome.packages) {
          expect(indexes.find((known) => known.location === location)?.records).toContain(one)
        }
        const offered = new Set(
          records.flatMap((one) => [one.name, ...one.provides.map((text) => text.split('=')[0]!)]),
        )
        const gaps = records.flatMap((one) => one.dependencies).filter((text) => isGap(text, offered))
        const reported = checkSolution(outcome.packages).map((warning) => warning.constraint)
        for (const gap of gaps) expect(reported).toContain(gap)
      }),
      { numRuns: 1000 },
    )
  })

  test('the final check of a solution tells the truth, as seen by an independent checker', () => {
    const seen = { sound: 0, unsound: 0 }
    fc.assert(
      fc.property(universe, world, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        if (outcome instanceof SolverError) return
        const warnings = checkSolution(outcome.packages, { world: wanted })
        expect(warnings.length === 0).toBe(fitsTogether(outcome.packages, wanted))
        seen[warnings.length === 0 ? 'sound' : 'unsound']++
      }),
      { numRuns: 2000 },
    )
    expect(seen.sound).toBeGreaterThan(200)
    expect(seen.unsound).toBeGreaterThan(20)
  })

  test('are solved exactly as the rules, written down literally, solve them', () => {
    fc.assert(
      fc.property(universe, world, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        if (outcome instanceof SolverError) expect(() => referenceSolve(indexes, wanted)).toThrow(Refused)
        else expect(shownOf(outcome)).toEqual(referenceSolve(indexes, wanted))
      }),
      { numRuns: 3000 },
    )
  })

  test('the order of the world and of repeated entries does not matter', () => {
    fc.assert(
      fc.property(universe, world, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        const again = attempt(indexes, [...wanted].reverse().concat(wanted))
        if (outcome instanceof SolverError) expect((again as SolverError).message).toBe(outcome.message)
        else expect(builds((again as Solution).packages)).toEqual(builds(outcome.packages))
      }),
      { numRuns: 500 },
    )
  })

  test('every package has a reason that leads to the world', () => {
    fc.assert(
      fc.property(universe, world, (indexes, wanted) => {
        const outcome = attempt(indexes, wanted)
        if (outcome instanceof SolverError) return
        for (const { reason } of outcome.packages) {
          if (reason.kind === 'world') expect(wanted).toContain(reason.constraint)
          else expect(reason.requiredBy).toBeDefined()
        }
      }),
      { numRuns: 500 },
    )
  })
})

function shownOf({ packages, conflicts }: Solution): { packages: string[]; conflicts: readonly string[] } {
  return {
    packages: packages.map(({ location, record: { name, version } }) => `${location}/${name}-${version}`),
    conflicts,
  }
}

function isGap(text: string, offered: ReadonlySet<string>): boolean {
  return !text.startsWith('!') && !offered.has(text.split(/[<>=~]/)[0]!)
}
