import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  compareApkoVersions,
  compareVersions,
  type DependencyOperator,
  isValidVersion,
  parseConstraint,
  parseDependency,
  parseVersion,
  satisfies,
  satisfiesDependency,
} from '@apkts/apk'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

interface Vectors {
  readonly compare: readonly CompareRow[]
  readonly match: readonly MatchRow[]
  readonly validity: readonly { readonly version: string; readonly apkTools: boolean; readonly apko: boolean }[]
  readonly constraints: readonly ConstraintRow[]
}

interface CompareRow {
  readonly a: string
  readonly op: string
  readonly b: string
  readonly apko?: string
  readonly invalid?: readonly string[]
}

interface MatchRow {
  readonly version: string
  readonly op: string
  readonly required: string
  readonly apkTools: boolean
  readonly apko: boolean | string
}

interface ConstraintRow {
  readonly text: string
  readonly apko: Readonly<Record<string, string>>
  readonly apkTools: {
    readonly name?: string
    readonly conflict?: boolean
    readonly op?: string
    readonly error?: boolean
  }
}

/** Order, validity and matching of versions, and how constraints are read, in apk-tools and in apko. */
export const versions: Suite = { name: 'versions', quick: true, run }

async function* run({ data, filter = '' }: SuiteContext): AsyncIterable<CaseResult> {
  const vectors = JSON.parse(await readFile(join(data, 'apk-version-vectors.json'), 'utf8')) as Vectors
  const results = [
    ...vectors.compare.map(comparison),
    ...vectors.match.map(matching),
    ...vectors.validity.map(validity),
    ...vectors.constraints.map(constraint),
  ]
  yield* results.filter(({ name }) => name.includes(filter))
}

/** A case is right when both columns say what the originals said. */
function result(name: string, expected: unknown, found: unknown): CaseResult {
  const [want, got] = [JSON.stringify(expected), JSON.stringify(found)]
  return want === got ? { name, ok: true } : { name, ok: false, detail: `expected ${want}, found ${got}` }
}

function comparison({ a, op, b, apko = op, invalid = [] }: CompareRow): CaseResult {
  const [x, y] = [parseVersion(a), parseVersion(b)]
  const order = x === undefined || y === undefined ? 'invalid' : sign(compareApkoVersions(x, y))
  const refused = [a, b].filter((text) => !isValidVersion(text))
  return result(`compare ${a} ${b}`, [op, apko, invalid], [sign(compareVersions(a, b)), order, refused])
}

function sign(order: number): string {
  if (order === 0) return '='
  return order < 0 ? '<' : '>'
}

function matching({ version, op, required, apkTools, apko }: MatchRow): CaseResult {
  const found = satisfiesDependency(version, op as DependencyOperator, required)
  return result(`match ${version} ${op} ${required}`, [apkTools, apko], [found, apkoMatch(version, op, required)])
}

function apkoMatch(version: string, op: string, required: string): boolean | string {
  const { operator, unknownOperator } = parseConstraint(`name${op}${required}`)
  if (unknownOperator !== undefined) return 'unconstrained'
  const [actual, wanted] = [parseVersion(version), parseVersion(required)]
  return actual === undefined || wanted === undefined ? 'invalid' : satisfies(actual, operator, wanted)
}

function validity({ version, apkTools, apko }: Vectors['validity'][number]): CaseResult {
  return result(`valid ${version}`, [apkTools, apko], [isValidVersion(version), parseVersion(version) !== undefined])
}

function constraint({ text, apko, apkTools }: ConstraintRow): CaseResult {
  const { name, operator, version, pin } = parseConstraint(text)
  const parsed = parseDependency(text)
  const { op = '', ...rest } = apkTools
  const expected = { name: '', op: '', version: '', pin: '', ...apko }
  const wanted = apkTools.error === true ? null : sorted({ conflict: false, version: '', ...rest, operator: op })
  const found = parsed === undefined ? null : sorted(parsed)
  return result(`constraint ${text}`, [sorted(expected), wanted], [sorted({ name, op: operator, version, pin }), found])
}

function sorted(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
