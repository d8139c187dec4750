import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSolution, type Solution, SolverError, type SolverIndex, solve } from '../src/index.ts'
import { Refused, referenceSolve } from './reference.ts'
import { builds, record } from './universe.ts'

const names = Array.from({ length: 10 }, (_, i) => `p${i}`)
const virtuals = ['v0', 'v1', 'v2', 'so:l.so.1']
const versions = ['1.0-r0', '1.0-r1', '1.1-r0', '2.0_rc1-r0', '2.0-r0']
const version = fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...versions) }, fc.constant('bad'))

const constraint = fc
  .record({
    negated: fc.oneof({ weight: 20, arbitrary: fc.constant('') }, fc.constant('!')),
    name: fc.constantFrom(...names, ...virtuals),
    operator: fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.constantFrom('=', '<', '>=', '>=', '~')),
    version,
  })
  .map(({ negated, name, operator, version }) => `${negated}${name}${operator === '' ? '' : operator + version}`)

const provided = fc
  .record({ name: fc.constantFrom(...virtuals, ...virtuals, 'p9'), version: fc.option(version, { freq: 2 }) })
  .map(({ name, version }) => (version === null ? name : `${name}=${version}`))

const few = <T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant<T[]>([]) }, fc.array(item, { maxLength }))

const packageRecord = fc
  .record({
    P: fc.constantFrom(...names),
    V: version,
    D: few(constraint, 3),
    p: few(provided, 2),
    i: fc.oneof({ weight: 8, arbitrary: fc.constant<string[]>([]) }, few(fc.constantFrom(...names), 2)),
    o: fc.constantFrom('', '', 'o1', 'o2'),
    k: fc.constantFrom('0', '5', '10'),
  })
  .map(({ D, p, i, ...fields }) => record({ ...fields, D: D.join(' '), p: p.join(' '), i: i.join(' ') }))

const universe: fc.Arbitrary<SolverIndex[]> = fc
  .tuple(
    fc.array(packageRecord, { minLength: 10, maxLength: 40, size: 'max' }),
    fc.array(packageRecord, { maxLength: 6 }),
  )
  .map(([main, edge]) => [
    { tag: '', location: 'https://r.test/main', records: main },
    { tag: 'edge', location: 'https://r.test/edge', records: edge },
  ])

const world = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...names, ...virtuals) },
    fc.constantFrom('p0@edge', 'p1>=1.0-r1', 'v0~1'),
  ),
  { minLength: 1, maxLength: 4 },
)

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
