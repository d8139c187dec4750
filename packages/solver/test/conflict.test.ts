import { describe, expect, test } from 'vitest'
import { findConflict, SolverError, type SolverIndex, solve, solveComplete } from '../src/index.ts'
import { builds, index } from './universe.ts'

function failureOf(indexes: readonly SolverIndex[], world: readonly string[]): SolverError {
  try {
    solveComplete({ indexes, world })
  } catch (error) {
    if (error instanceof SolverError) return error
    throw error
  }
  throw new Error('solved, but a failure was expected')
}

describe('the complete resolver', () => {
  test.each([
    {
      name: 'takes an older build when the newest leads nowhere',
      lines: ['a-2-r0 D:b=2', 'a-1-r0 D:b=1', 'b-1-r0', 'c-1-r0 D:b<2', 'b-2-r0'],
      world: ['a', 'c'],
      install: ['b-1-r0', 'a-1-r0', 'c-1-r0'],
    },
    {
      name: 'compares a provided version with the operator of the dependency',
      lines: ['a-1-r0 D:v=5', 'p-1-r0 p:v=5 D:z', 'z-1-r0', 'b-1-r0 D:v>=2'],
      world: ['a', 'b'],
      install: ['z-1-r0', 'p-1-r0', 'a-1-r0', 'b-1-r0'],
    },
    {
      name: 'heeds a conflict that is met late',
      lines: ['a-1-r0', 'b-1-r0 D:!a<2', 'a-2-r0', 'b-2-r0 D:!a'],
      world: ['a', 'b'],
      install: ['a-2-r0', 'b-1-r0'],
    },
    {
      name: 'heeds conflicts in the world',
      lines: ['a-1-r0 D:v', 'p-2-r0 p:v=2', 'q-1-r0 p:v=1'],
      world: ['a', '!p'],
      install: ['q-1-r0', 'a-1-r0'],
    },
    {
      name: 'installs install_if packages with what they need',
      lines: ['a-1-r0 D:b', 'b-1-r0', 'b-doc-1-r0 i:b,a D:man', 'man-1-r0'],
      world: ['a'],
      install: ['b-1-r0', 'a-1-r0', 'man-1-r0', 'b-doc-1-r0'],
    },
    {
      name: 'leaves out an install_if package that cannot be added',
      lines: ['a-1-r0', 'a-doc-1-r0 i:a D:!a'],
      world: ['a'],
      install: ['a-1-r0'],
    },
    {
      name: 'takes one provider of a versioned name, several of an unversioned one',
      lines: ['a-1-r0 p:v', 'b-1-r0 p:v', 'c-1-r0 D:v'],
      world: ['a', 'b', 'c'],
      install: ['a-1-r0', 'b-1-r0', 'c-1-r0'],
    },
  ])('$name', ({ lines, world, install }) => {
    expect(builds(solveComplete({ indexes: [index(lines)], world }).packages)).toEqual(install)
  })

  test('uses a tagged repository for what the tagged entry leads to, and for nothing else', () => {
    const main = index(['b-1-r0', 'x-1-r0 D:b'])
    const edge = index(['a-1-r0 D:b>1', 'b-2-r0', 'y-1-r0'], { tag: 'edge', location: 'https://r.test/edge' })
    const { packages } = solveComplete({ indexes: [main, edge], world: ['a@edge', 'x'] })
    expect(builds(packages)).toEqual(['b-2-r0', 'a-1-r0', 'x-1-r0'])
    expect(failureOf([main, edge], ['y']).hint).toContain('"y@edge"')
  })

  test('takes only builds that every architecture has', () => {
    const siblings = new Map([['aarch64', [index(['a-1-r0'])]]])
    const input = { indexes: [index(['a-1-r0', 'a-2-r0'])], world: ['a'], siblings }
    expect(builds(solveComplete(input).packages)).toEqual(['a-1-r0'])
  })

  test('gives up with an error at its bound', () => {
    // Nine packages in eight places: every search by trial has to look at very many arrangements.
    const places = Array.from({ length: 8 }, (_, i) => i)
    const lines = Array.from({ length: 9 }, (_, k) => places.map((i) => `k${k}-${i + 1}-r0 p:place${i}=1`)).flat()
    const world = Array.from({ length: 9 }, (_, k) => `k${k}`)
    const run = () => solveComplete({ indexes: [index(lines)], world }, { maxConflicts: 50 })
    expect(run).toThrow(expect.objectContaining({ code: 'SEARCH_LIMIT' }))
  })

  test('says what a package lost against', () => {
    const lines = ['a-1-r0 D:b', 'b-2-r0 D:c=2', 'b-1-r0', 'c-1-r0', 'c-2-r0', 'd-1-r0 D:c=1']
    const { packages } = solveComplete({ indexes: [index(lines)], world: ['a', 'd'] })
    const { reason } = packages.find(({ record }) => record.name === 'b')!
    expect(reason).toMatchObject({
      kind: 'dependency',
      excluded: [{ package: 'b-2-r0', exclusion: { kind: 'needs', constraint: 'c=2', found: 'c-1-r0' } }],
    })
  })
})

describe('a conflict', () => {
  test('is as small as it can be, from the world down', () => {
    const lines = ['a-1-r0 D:x,b', 'b-1-r0 D:c<2', 'd-1-r0 D:c>=2,x', 'c-1-r0', 'c-2-r0', 'x-1-r0', 'e-1-r0 D:x']
    expect(failureOf([index(lines)], ['a', 'd', 'e', 'x']).message).toMatchInlineSnapshot(`
      "these constraints cannot hold together:
        the world asks for "a" → only a-1-r0
        the world asks for "d" → only d-1-r0
        a-1-r0 (https://r.test/main) needs "b" → only b-1-r0
        d-1-r0 (https://r.test/main) needs "c>=2" → only c-2-r0
        b-1-r0 (https://r.test/main) needs "c<2" → only c-1-r0
        only one of c-2-r0, c-1-r0 (https://r.test/main) can be installed: each is or provides "c""
    `)
  })

  test('names builds that share a dependency together', () => {
    const lines = ['a-1-r0 D:c<2', 'a-2-r0 D:c<2', 'd-1-r0 D:c>=2', 'c-1-r0', 'c-2-r0']
    expect(failureOf([index(lines)], ['a', 'd']).message).toMatchInlineSnapshot(`
      "these constraints cannot hold together:
        the world asks for "a" → a-1-r0, a-2-r0
        the world asks for "d" → only d-1-r0
        a-2-r0, a-1-r0 (https://r.test/main) need "c<2" → only c-1-r0
        d-1-r0 (https://r.test/main) needs "c>=2" → only c-2-r0
        only one of c-2-r0, c-1-r0 (https://r.test/main) can be installed: each is or provides "c""
    `)
  })

  test('shows what comes near to what nothing meets, not everything that was looked at', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `a-${i + 1}-r0`)
    const error = failureOf([index(lines)], ['a>50'])
    expect(error.code).toBe('NO_CANDIDATE')
    expect(error.message.split('\n')).toHaveLength(7)
    expect(error.message).toContain('a-40-r0 (https://r.test/main): version 40-r0 does not satisfy "a>50"')
  })

  test('has near names for misspelt ones', () => {
    const error = failureOf([index(['nginx-1-r0', 'app-1-r0 D:ngnix'])], ['app'])
    expect(error).toMatchObject({ code: 'UNKNOWN_NAME', hint: 'did you mean "nginx"?' })
  })

  test('does not exist where there is a solution', () => {
    const input = { indexes: [index(['a-2-r0 D:b=2', 'a-1-r0', 'b-1-r0'])], world: ['a'] }
    expect(() => solve(input)).toThrow(SolverError)
    expect(findConflict(input)).toBeUndefined()
  })
})
