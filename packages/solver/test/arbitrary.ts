import fc from 'fast-check'
import type { SolverIndex } from '../src/index.ts'
import { record } from './universe.ts'

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

export const universe: fc.Arbitrary<SolverIndex[]> = fc
  .tuple(
    fc.array(packageRecord, { minLength: 10, maxLength: 40, size: 'max' }),
    fc.array(packageRecord, { maxLength: 6 }),
  )
  .map(([main, edge]) => [
    { tag: '', location: 'https://r.test/main', records: main },
    { tag: 'edge', location: 'https://r.test/edge', records: edge },
  ])

export const world = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...names, ...virtuals) },
    fc.constantFrom('p0@edge', 'p1>=1.0-r1', 'v0~1'),
  ),
  { minLength: 1, maxLength: 4 },
)
