import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chainOf, explainSolution, type Resolved, SolverError, solve } from '../src/index.ts'
import { universe, world } from './arbitrary.ts'
import { index } from './universe.ts'

function explain(lines: readonly string[], wanted: readonly string[]) {
  const { packages } = solve({ indexes: [index(lines)], world: wanted })
  const explanation = explainSolution(packages, wanted)
  const find = (name: string) => packages.find(({ record }) => record.name === name)!
  return {
    explanation,
    find,
    chain: (name: string) =>
      chainOf(explanation, find(name)).map(({ by, constraint }) => `${by?.record.name ?? 'world'}: ${constraint}`),
  }
}

describe('the chain of a package', () => {
  test('starts at its world entry', () => {
    const { chain } = explain(['a-1-r0 D:b', 'b-1-r0 D:c>0', 'c-1-r0'], ['a'])
    expect(chain('c')).toEqual(['world: a', 'a: b', 'b: c>0'])
  })

  test('does not run in circles when packages need each other', () => {
    const { chain } = explain(['a-1-r0 D:b', 'b-1-r0 D:a'], ['a'])
    expect(chain('a')).toEqual(['world: a'])
    expect(chain('b')).toEqual(['world: a', 'a: b'])
  })

  test('names what set an install_if off', () => {
    const { chain } = explain(['a-1-r0 D:b', 'b-1-r0', 'b-doc-1-r0 i:b'], ['a'])
    expect(chain('b-doc')).toEqual(['world: a', 'a: b', 'b: b'])
  })

  test('goes on when what brought a package in was dropped in the end', () => {
    const { packages } = solve({ indexes: [index(['a-1-r0 D:b', 'b-1-r0 D:c', 'c-1-r0'])], world: ['a'] })
    const without = packages.filter(({ record }) => record.name !== 'b')
    const explanation = explainSolution(without, ['a'])
    expect(explanation.get(without[0]!)?.broughtBy).toMatchObject({ constraint: 'c', by: undefined })
  })
})

test('what else a package is for', () => {
  const { explanation, find } = explain(['a-1-r0 D:c', 'b-1-r0 D:c', 'c-1-r0'], ['a', 'b'])
  const { alsoFor, broughtBy } = explanation.get(find('c'))!
  expect(broughtBy.by).toBe(find('a'))
  expect(alsoFor.map(({ by }) => by)).toEqual([find('b')])
})

test('in random universes every chain ends, at the world or at a package that was dropped', () => {
  fc.assert(
    fc.property(universe, world, (indexes, wanted) => {
      let packages: readonly Resolved[]
      try {
        packages = solve({ indexes, world: wanted }).packages
      } catch (error) {
        if (error instanceof SolverError) return
        throw error
      }
      const explanation = explainSolution(packages, wanted)
      const builds = new Set(packages.map(({ record }) => `${record.name}-${record.version}`))
      for (const resolved of packages) {
        const [first, ...rest] = chainOf(explanation, resolved)
        expect(rest.every(({ by }) => by !== undefined)).toBe(true)
        if (first?.kind !== 'world') expect(builds).not.toContain(first?.by?.record.name)
      }
    }),
    { numRuns: 500 },
  )
})
