import { tarHeader } from '@apkts/archive'
import { compareBytes } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distributeEntries, groupPackages, type LayerPackage, type OwnedEntry } from '../src/index.ts'

const pkg = (name: string, size: number, rest: Partial<LayerPackage> = {}): LayerPackage => ({
  name,
  origin: name,
  size,
  replaced: [],
  ...rest,
})

describe('package groups', () => {
  const origin = (budget: number) => ({ strategy: 'origin', budget })

  test.each([
    ['one per origin, largest first', [pkg('a', 1), pkg('b', 5), pkg('c', 3)], 9, [['b'], ['c'], ['a']]],
    [
      'of one size by the greatest name',
      [pkg('b', 1, { origin: 'x' }), pkg('a', 1), pkg('z', 0, { origin: 'x' })],
      9,
      [['a'], ['b', 'z']],
    ],
    ['no origin is one origin', [pkg('a', 1, { origin: '' }), pkg('b', 1, { origin: '' })], 9, [['a', 'b']]],
    ['replaced packages join', [pkg('a', 1), pkg('b', 5), pkg('c', 3, { replaced: ['a'] })], 9, [['b'], ['a', 'c']]],
    [
      'joins are transitive',
      [pkg('a', 1), pkg('b', 1, { replaced: ['a'] }), pkg('c', 1, { replaced: ['b'] })],
      9,
      [['a', 'b', 'c']],
    ],
    ['the rest comes last, whatever its size', [pkg('a', 4), pkg('b', 5), pkg('c', 3)], 2, [['b'], ['a', 'c']]],
    ['budget 1 and 0 are one group', [pkg('b', 4), pkg('a', 5)], 0, [['a', 'b']]],
  ])('%s', (_, packages, budget, expected) => {
    expect(groupPackages(packages, origin(budget))).toEqual(expected)
  })

  const packages = fc.uniqueArray(fc.stringMatching(/^[a-e]{1,2}$/), { maxLength: 10 }).chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.record({
          name: fc.constant(name),
          origin: fc.constantFrom('', 'x', 'y', name),
          size: fc.nat({ max: 5 }),
          replaced: fc.subarray(names, { maxLength: 1 }),
        }),
      ),
    ),
  )

  test('every package is in exactly one group, and the budget holds', () => {
    fc.assert(
      fc.property(packages, fc.nat({ max: 6 }), (all, budget) => {
        const groups = groupPackages(all, origin(budget))
        expect(groups.flat().sort()).toEqual(all.map(({ name }) => name).sort())
        expect(groups.length).toBeLessThanOrEqual(Math.max(budget, 1))
        const groupOf = new Map(groups.flatMap((group, i) => group.map((name) => [name, i] as const)))
        for (const { name, replaced } of all)
          for (const other of replaced) expect(groupOf.get(other)).toBe(groupOf.get(name))
      }),
    )
  })
})

function directory(path: string, mtime = 1): OwnedEntry {
  return { header: tarHeader({ path, type: 'directory', mtime }), content: { kind: 'bytes', bytes: new Uint8Array() } }
}

function owned(path: string, owner: string | undefined, mtime: number): OwnedEntry {
  const entry = {
    header: tarHeader({ path, type: 'file', mtime }),
    content: { kind: 'bytes' as const, bytes: new Uint8Array() },
  }
  return owner === undefined ? entry : { ...entry, owner }
}

const shared = { path: 'db', part: (names: readonly string[]) => Buffer.from(names.join()) }
const listing = (plan: { entries: readonly OwnedEntry[] }) =>
  plan.entries.map(({ header }) => `${header.path}@${header.mtime}`)

describe('distribution', () => {
  test('files do not leave a directory: the next sibling repeats it, with the file’s time', () => {
    const entries = [
      directory('a'),
      directory('a/b'),
      owned('a/b/x', 'p', 5),
      owned('a/c', 'q', 6),
      directory('a/d'),
      owned('a/d/y', 'p', 7),
    ]
    const [p, q, top] = distributeEntries({ entries, groups: [['p'], ['q']], shared })
    expect(listing(p!)).toEqual(['a@5', 'a/b@5', 'a/b/x@5', 'a/d@7', 'a/d/y@7'])
    expect(listing(q!)).toEqual(['a@6', 'a/b@6', 'a/c@6'])
    expect(listing(top!)).toEqual(['a@1', 'a/b@1', 'a/d@1'])
  })

  test('the shared file goes to the top whole and to each group in part', () => {
    const plans = distributeEntries({ entries: [owned('db', undefined, 3)], groups: [['p', 'q'], ['r']], shared })
    const contents = plans.map(({ entries }) =>
      entries.map(({ content }) => Buffer.from((content as { bytes: Uint8Array }).bytes).toString()),
    )
    expect(contents).toEqual([['p,q'], ['r'], ['']])
    expect(plans[0]!.entries[0]!.header.size).toBe(3)
  })

  const tree = fc
    .uniqueArray(
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
      { maxLength: 12 },
    )
    .chain((directories) =>
      fc.tuple(
        fc.constant(directories),
        fc.array(fc.constantFrom('p', 'q', 'r', undefined), { minLength: 12, maxLength: 12 }),
      ),
    )
    .map(([directories, owners]) => walkOf(directories, owners))

  test('each file is in one layer, in order, below directories that layer already has', () => {
    fc.assert(
      fc.property(tree, (entries) => {
        const plans = distributeEntries({ entries, groups: [['p'], ['q', 'r']], shared })
        const files = plans.flatMap(({ entries: own }) => own.filter(({ header }) => header.type === 'file'))
        expect(files.map(({ header }) => header.path).sort()).toEqual(
          entries
            .filter(({ header }) => header.type === 'file')
            .map(({ header }) => header.path)
            .sort(),
        )
        for (const plan of plans) expectParentsFirst(plan.entries)
        const all = entries.filter(({ header }) => header.type === 'directory').map(({ header }) => header.path)
        const top = plans
          .at(-1)!
          .entries.filter(({ header }) => header.type === 'directory')
          .map(({ header }) => header.path)
        expect(new Set(top)).toEqual(new Set(all))
      }),
    )
  })
})

/** Directories with a file `f` in each, in walk order. */
function walkOf(wanted: readonly string[], owners: readonly (string | undefined)[]): OwnedEntry[] {
  const directories = new Set(
    wanted.flatMap((path) => path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))),
  )
  const paths = [...directories].flatMap((path) => [path, `${path}/f`])
  const sorted = paths.sort((a, b) => compareBytes(a.replaceAll('/', '\0'), b.replaceAll('/', '\0')))
  return sorted.map((path, i) => (directories.has(path) ? directory(path) : owned(path, owners[i % owners.length], i)))
}

function expectParentsFirst(entries: readonly OwnedEntry[]): void {
  const seen = new Set([''])
  for (const { header } of entries) {
    expect(seen.has(header.path.slice(0, Math.max(header.path.lastIndexOf('/'), 0)))).toBe(true)
    if (header.type === 'directory') seen.add(header.path)
  }
}
