import type { PackageRecord } from '@apkts/apk'
import fc from 'fast-check'
import type { SolverIndex } from '../src/index.ts'
import { record } from './universe.ts'

const names = Array.from({ length: 10 }, (_, i) => `p${i}`)
const virtuals = ['v0', 'v1', 'v2', 'so:l.so.1']
const versions = ['1.0-r0', '1.0-r1', '1.1-r0', '2.0_rc1-r0', '2.0-r0']
const version = fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...versions) }, fc.constant('bad'))

const few = <T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant<T[]>([]) }, fc.array(item, { maxLength }))

interface Words {
  readonly names: readonly string[]
  readonly virtuals: readonly string[]
}

function constraint({ names, virtuals }: Words): fc.Arbitrary<string> {
  return fc
    .record({
      negated: fc.oneof({ weight: 20, arbitrary: fc.constant('') }, fc.constant('!')),
      name: fc.constantFrom(...names, ...virtuals),
      operator: fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.constantFrom('=', '<', '>=', '>=', '~')),
      version,
    })
    .map(({ negated, name, operator, version }) => `${negated}${name}${operator === '' ? '' : operator + version}`)
}

function packageRecord(words: Words): fc.Arbitrary<PackageRecord> {
  const { names, virtuals } = words
  const provided = fc
    .record({
      name: fc.constantFrom(...virtuals, ...virtuals, names.at(-1)!),
      version: fc.option(version, { freq: 2 }),
    })
    .map(({ name, version }) => (version === null ? name : `${name}=${version}`))
  return fc
    .record({
      P: fc.constantFrom(...names),
      V: version,
      D: few(constraint(words), 3),
      p: few(provided, 2),
      i: fc.oneof({ weight: 8, arbitrary: fc.constant<string[]>([]) }, few(fc.constantFrom(...names), 2)),
      o: fc.constantFrom('', '', 'o1', 'o2'),
      k: fc.constantFrom('0', '5', '10'),
    })
    .map(({ D, p, i, ...fields }) => record({ ...fields, D: D.join(' '), p: p.join(' '), i: i.join(' ') }))
}

function indexes([main, edge]: [PackageRecord[], PackageRecord[]]): SolverIndex[] {
  return [
    { tag: '', location: 'https://r.test/main', records: main },
    { tag: 'edge', location: 'https://r.test/edge', records: edge },
  ]
}

const words = { names, virtuals }

export const universe: fc.Arbitrary<SolverIndex[]> = fc
  .tuple(
    fc.array(packageRecord(words), { minLength: 10, maxLength: 40, size: 'max' }),
    fc.array(packageRecord(words), { maxLength: 6 }),
  )
  .map(indexes)

export const world = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...names, ...virtuals) },
    fc.constantFrom('p0@edge', 'p1>=1.0-r1', 'v0~1'),
  ),
  { minLength: 1, maxLength: 4 },
)

const fewWords = { names: ['p0', 'p1', 'p2', 'p3'], virtuals: ['v0', 'v1'] }

/** Few enough records to try every subset; each build once in its repository. */
export const smallUniverse: fc.Arbitrary<SolverIndex[]> = fc
  .tuple(
    distinctBuilds({ minLength: 3, maxLength: 7 }),
    fc.oneof(fc.constant<PackageRecord[]>([]), distinctBuilds({ minLength: 0, maxLength: 2 })),
  )
  .map(indexes)

export const smallWorld = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('p0', 'p1', 'p2', 'v0', 'v1') },
    { weight: 2, arbitrary: constraint(fewWords) },
    fc.constantFrom('p0@edge', 'v0@edge', 'p3@edge'),
  ),
  { minLength: 1, maxLength: 3 },
)

function distinctBuilds(size: { minLength: number; maxLength: number }): fc.Arbitrary<PackageRecord[]> {
  return fc.uniqueArray(packageRecord(fewWords), { ...size, selector: (one) => `${one.name}-${one.version}` })
}
