import { describe, expect, test } from 'vitest'
import { checkSolution, formatExclusion, normaliseWorld, SolverError, type SolverIndex, solve } from '../src/index.ts'
import { builds, index } from './universe.ts'

function failureOf(indexes: readonly SolverIndex[], world: readonly string[]): SolverError {
  try {
    solve({ indexes, world })
  } catch (error) {
    if (error instanceof SolverError) return error
    throw error
  }
  throw new Error('solved, but a failure was expected')
}

describe('the world', () => {
  test('is sorted by bytes, unique, and split at blanks', () => {
    expect(normaliseWorld(['ab', 'a~3', 'a b', 'a>2', 'a=1', 'a-b', 'ab'])).toEqual([
      'a',
      'a-b',
      'a=1',
      'a>2',
      'ab',
      'a~3',
      'b',
    ])
  })

  test('may be empty', () => {
    expect(solve({ indexes: [], world: [] })).toEqual({ packages: [], conflicts: [] })
  })
})

describe('reasons', () => {
  const universe = index([
    'app-1-r0 D:virtual,lib>=2,!old',
    'one-3-r0 p:virtual=1 k:1',
    'two-1-r0 p:virtual=2',
    'lib-1-r0',
    'lib-2-r0',
    'lib-3-r0',
    'docs-1-r0 i:lib',
    'old-1-r0',
  ])
  const { packages, conflicts } = solve({ indexes: [universe], world: ['app'] })
  const reasonFor = (name: string) => packages.find(({ record }) => record.name === name)!.reason

  test('the solution lists what is needed first', () => {
    expect(builds(packages)).toEqual(['lib-3-r0', 'two-1-r0', 'docs-1-r0', 'app-1-r0'])
    expect(conflicts).toEqual(['old'])
  })

  test('a world entry names itself', () => {
    expect(reasonFor('app')).toMatchObject({ kind: 'world', constraint: 'app' })
  })

  test('a provider tells which candidates it beat, and by which rule', () => {
    expect(reasonFor('two')).toMatchObject({
      kind: 'dependency',
      constraint: 'virtual',
      requiredBy: 'app-1-r0',
      beaten: [{ package: 'one-3-r0', rule: 'version-for-name' }],
    })
  })

  test('a dependency tells which builds were out of the question', () => {
    const { beaten, excluded } = reasonFor('lib')
    expect(beaten).toMatchObject([{ package: 'lib-2-r0', rule: 'version-for-name' }])
    expect(excluded.map((one) => `${one.package}: ${formatExclusion(one.exclusion)}`)).toEqual([
      'lib-1-r0: version 1-r0 does not satisfy "lib>=2"',
    ])
  })

  test('an install_if package names its trigger', () => {
    expect(reasonFor('docs')).toMatchObject({ kind: 'install-if', constraint: 'lib', requiredBy: 'lib-3-r0' })
  })
})

describe('failures', () => {
  test('name the chain from the world entry down', () => {
    const universe = index(['a-1-r0 D:b', 'b-1-r0 D:nope', 'noper-1-r0'])
    const error = failureOf([universe], ['a'])
    expect(error.code).toBe('UNKNOWN_NAME')
    expect(error.message).toMatchInlineSnapshot(`
      "nothing provides "nope"
        world asks for "a", taken: a-1-r0
        a-1-r0 needs "b", taken: b-1-r0
        b-1-r0 needs "nope""
    `)
    expect(error.hint).toBe('did you mean "noper"?')
    expect(error.chain.map((step) => step.constraint)).toEqual(['a', 'b', 'nope'])
  })

  test('name every candidate and its reason', () => {
    const error = failureOf([index(['a-1-r0', 'a-2-r0', 'p-1-r0 p:a=3', 'q-1-r0 p:a'])], ['a>=4'])
    expect(error.code).toBe('NO_CANDIDATE')
    expect(error.message).toMatchInlineSnapshot(`
      "no package satisfies "a>=4"
        a-1-r0: version 1-r0 does not satisfy "a>=4"
        a-2-r0: version 2-r0 does not satisfy "a>=4"
        p-1-r0: provides "a=3" which does not satisfy "a>=4"
        q-1-r0: provides "a" without a version, and its own version 1-r0 does not satisfy "a>=4"
        world asks for "a>=4""
    `)
  })

  test('say that a package is only in a tagged repository', () => {
    const edge = index(['b-1-r0'], { tag: 'edge', location: 'https://r.test/edge' })
    const error = failureOf([index(['a-1-r0 D:b']), edge], ['a'])
    expect(error.message).toContain('b-1-r0: only in repositories tagged @edge')
    expect(error.hint).toContain('"b@edge"')
  })

  test.each([
    { name: 'an unparsable version', lines: ['a-1-r0'], world: ['a=x.y'], code: 'INVALID_VERSION', says: 'x.y' },
    {
      name: 'two packages with one name',
      lines: ['x-1-r0 D:y', 'y-1-r0 D:z p:s=1', 'z-1-r0', 'w-1-r0 D:z p:s'],
      world: ['w', 'x'],
      code: 'NO_CANDIDATE',
      says: 'already provides s',
    },
    {
      name: 'a package that provides its own name',
      lines: ['a-1-r0 D:b p:a=1', 'b-1-r0'],
      world: ['a'],
      code: 'SELECT_CONFLICT',
      says: 'own name',
    },
    {
      name: 'a dependency on another build of a selected package',
      lines: ['a-1-r0 D:b', 'a-2-r0 D:b', 'b-1-r0', 'z-1-r0 D:a=1-r0'],
      world: ['a', 'z'],
      code: 'ALREADY_SELECTED',
      says: 'a-2-r0 is already selected',
    },
    { name: 'an exclusion in the world', lines: ['a-1-r0'], world: ['!a'], code: 'UNKNOWN_NAME', says: '"!a"' },
  ])('$name: $code', ({ lines, world, code, says }) => {
    const error = failureOf([index(lines)], world)
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
  })

  test('a conflict with an installed name is refused', () => {
    const indexes = [index(['a-1-r0 D:!base'])]
    expect(() => solve({ indexes, world: ['a'], installed: new Set(['base']) })).toThrow(/conflicts with "base"/)
  })

  test('a build that another architecture lacks is not considered', () => {
    const siblings = new Map([['aarch64', [index(['a-1-r0'])]]])
    expect(builds(solve({ indexes: [index(['a-1-r0', 'a-2-r0'])], world: ['a'], siblings }).packages)).toEqual([
      'a-1-r0',
    ])
    const missing = new Map([['aarch64', [index(['b-1-r0'])]]])
    expect(() => solve({ indexes: [index(['a-1-r0'])], world: ['a'], siblings: missing })).toThrow(
      'a-1-r0: not available for arch "aarch64"',
    )
  })
})

describe('one location twice', () => {
  test('untagged and tagged views of the same records are both usable', () => {
    const plain = index(['a-1-r0', 'b-1-r0'])
    const tagged = { ...plain, tag: 'edge' }
    const { packages } = solve({ indexes: [tagged, plain], world: ['a', 'b@edge'] })
    expect(packages.map(({ record, tag }) => `${record.name}@${tag}`)).toEqual(['a@', 'b@edge'])
  })
})

describe('large universes', () => {
  test('a chain of ten thousand dependencies does not exhaust the stack', () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => (i === 9999 ? `p${i}-1-r0` : `p${i}-1-r0 D:p${i + 1}`))
    const { packages } = solve({ indexes: [index(lines)], world: ['p0'] })
    expect(packages).toHaveLength(10_000)
    expect(packages[0]!.record.name).toBe('p9999')
  })

  test('a pinned world of four thousand packages keeps its order', () => {
    const names = Array.from({ length: 4000 }, (_, i) => `p${String(i).padStart(4, '0')}`)
    const world = names.map((name) => `${name}=1-r0`)
    const { packages } = solve({ indexes: [index(names.map((name) => `${name}-1-r0`))], world })
    expect(packages.map(({ record }) => record.name)).toEqual(names)
  })
})

describe('checking a solution', () => {
  const rows = [
    { name: 'a sound set', lines: ['a-1-r0 D:b>=1,so:x', 'b-1-r0 p:so:x=2'], world: ['a'], warnings: [] },
    {
      name: 'a missing dependency',
      lines: ['a-1-r0 D:b'],
      warnings: ['a-1-r0 needs "b", but nothing installed provides it'],
    },
    {
      name: 'a wrong version',
      lines: ['a-1-r0 D:b>1', 'b-1-r0'],
      warnings: ['a-1-r0 needs "b>1", but only b-1-r0 is installed'],
    },
    {
      name: 'a violated conflict',
      lines: ['a-1-r0 D:!b', 'b-1-r0'],
      warnings: ['a-1-r0 conflicts with "b", but b-1-r0 is installed'],
    },
    { name: 'a conflict with oneself', lines: ['a-1-r0 D:!v p:v'], warnings: [] },
    {
      name: 'a world entry left out',
      lines: [],
      world: ['a'],
      warnings: ['the world needs "a", but nothing installed provides it'],
    },
    { name: 'two builds of one name', lines: ['a-1-r0', 'a-2-r0'], warnings: ['a-2-r0 and a-1-r0 are both installed'] },
  ]
  test.each(rows)('$name', ({ lines, world = [], warnings }) => {
    const packages = index(lines).records.map((record) => ({ record }))
    expect(checkSolution(packages, { world }).map((warning) => warning.message)).toEqual(warnings)
  })

  test('reports what the greedy pass leaves inconsistent', () => {
    const { packages } = solve({
      indexes: [index(['foo-1-r0', 'foo-2-r0', 'zed-1-r0 D:foo=1-r0'])],
      world: ['foo', 'zed'],
    })
    expect(builds(packages)).toEqual(['foo-2-r0', 'zed-1-r0'])
    expect(checkSolution(packages).map((warning) => warning.kind)).toEqual(['unsatisfied'])
  })

  test('reports a tag that no repository has', () => {
    const indexes = [index(['a-1-r0'])]
    const { packages } = solve({ indexes, world: ['a@edge'] })
    expect(checkSolution(packages, { indexes, world: ['a@edge'] })).toMatchObject([
      { kind: 'unknown-tag', constraint: 'a@edge', message: expect.stringContaining('@edge') },
    ])
  })

  test('reports install_if packages that were left out', () => {
    const indexes = [index(['a-1-r0', 'b-1-r0', 'c-1-r0 i:a,b'])]
    const { packages } = solve({ indexes, world: ['a', 'b'] })
    expect(checkSolution(packages, { indexes })).toMatchObject([{ kind: 'install-if', package: 'c-1-r0' }])
  })
})
