import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareApkoVersions,
  compareVersions,
  formatDependency,
  isValidVersion,
  parseConstraint,
  parseDependency,
  parseVersion,
  satisfies,
  satisfiesDependency,
} from '../src/index.ts'

const number = fc.nat(300).map(String)
const suffixOf = (...names: string[]) =>
  fc.option(fc.tuple(fc.constantFrom(...names), fc.option(number, { nil: '' })), { nil: ['', ''] as const })
/** Versions that both programs take: at most one suffix that comes before the release and one that comes after. */
const versions = fc
  .tuple(
    fc.array(number, { minLength: 1, maxLength: 4 }),
    fc.option(fc.constantFrom('a', 'b', 'z'), { nil: '' }),
    suffixOf('_alpha', '_beta', '_pre', '_rc'),
    suffixOf('_cvs', '_svn', '_git', '_hg', '_p'),
    fc.option(number, { nil: undefined }),
  )
  .map(([numbers, letter, before, after, revision]) => {
    const release = revision === undefined ? '' : `-r${revision}`
    return `${numbers.join('.')}${letter}${before.join('')}${after.join('')}${release}`
  })
const anyText = fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-z._~<>=!@:-]{0,20}$/), versions)

describe('versions', () => {
  test('every version of the grammar is valid for both', () => {
    fc.assert(
      fc.property(versions, (version) => {
        expect(isValidVersion(version)).toBe(true)
        expect(parseVersion(version)).toBeDefined()
      }),
    )
  })

  test('what apko takes, apk-tools takes; any text is valid or not', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (parseVersion(text) !== undefined) expect(isValidVersion(text)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  const orders = {
    'apk-tools': (a: string, b: string) => compareVersions(a, b),
    apko: (a: string, b: string) => compareApkoVersions(parseVersion(a)!, parseVersion(b)!),
  }
  test.each(Object.entries(orders))('the order of %s is an order', (_, compare) => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(compare(a, a)).toBe(0)
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0)
        const [low, middle, high] = [a, b, c].sort(compare)
        expect(compare(low!, middle!)).toBeLessThanOrEqual(0)
        expect(compare(middle!, high!)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 1_000 },
    )
  })

  test('comparing any texts comes to an end', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect([-1, 0, 1]).toContain(Math.sign(compareVersions(a, b)))
        expect(compareVersions(a, b, { fuzzy: true })).not.toBeNaN()
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('constraints', () => {
  test('apko: any text is a constraint, none of it is lost, and a literal name has nothing else', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const constraint = parseConstraint(text)
        expect(constraint.text).toBe(text)
        if (constraint.version === '' && constraint.pin === '') expect(constraint.name).toBe(text)
        else expect(text.startsWith(constraint.name)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  const dependencies = fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9:.+_-]{0,10}$/),
    conflict: fc.boolean(),
    operator: fc.constantFrom('=', '<', '<=', '<~', '~', '>=', '>~', '>' as const),
    version: versions,
  })

  test('apk-tools: what is written is read back', () => {
    fc.assert(
      fc.property(dependencies, (dependency) => {
        expect(parseDependency(formatDependency(dependency))).toEqual(dependency)
        const bare = { ...dependency, operator: '', version: '' } as const
        expect(parseDependency(formatDependency(bare))).toEqual(bare)
      }),
    )
  })

  test('apk-tools: any text is a dependency or none, and its canonical form means the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const dependency = parseDependency(text)
        if (dependency !== undefined) expect(parseDependency(formatDependency(dependency))).toEqual(dependency)
      }),
      { numRuns: 2_000 },
    )
  })

  test('exactly one of <, = and > holds, for both', () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        const apko = (['<', '=', '>'] as const).filter((operator) =>
          satisfies(parseVersion(a)!, operator, parseVersion(b)!),
        )
        const apkTools = (['<', '=', '>'] as const).filter((operator) => satisfiesDependency(a, operator, b))
        expect([apko.length, apkTools.length]).toEqual([1, 1])
      }),
    )
  })
})
