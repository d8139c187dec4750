import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type PackageRecord, readIndexArchive } from '@apkts/apk'
import { compareBytes } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { type Solution, type SolveInput, SolverError, type SolverIndex, solve } from '../src/index.ts'
import { record } from './universe.ts'

interface CaseIndex {
  readonly repo: string
  readonly tag?: string
  readonly index?: string
  readonly packages?: readonly Record<string, string>[]
}

interface Answer {
  readonly install: readonly string[]
  readonly from?: readonly string[]
  readonly conflicts?: readonly string[]
}

interface SolverCase {
  readonly name: string
  readonly covers: string
  readonly arch: string
  readonly indexes: readonly CaseIndex[]
  readonly other_archs?: Readonly<Record<string, readonly CaseIndex[]>>
  readonly world: readonly string[]
  readonly expected: Partial<Answer> & {
    readonly any_of?: readonly Answer[]
    readonly error_contains?: readonly string[]
  }
}

const data = process.env.CONFORMANCE_DATA ?? resolve(import.meta.dirname, '../../../../shared/data')
const file = resolve(data, 'solver-cases.json')
const present = existsSync(file)
const cases: readonly SolverCase[] = present ? JSON.parse(readFileSync(file, 'utf8')).cases : []
const skipped = present ? '' : ' (skipped: conformance data not present)'

describe.skipIf(!present)(`recorded resolver cases${skipped}`, () => {
  test.each(cases)('$name: $covers', (solverCase) => {
    const { expected } = solverCase
    if (expected.error_contains !== undefined) {
      const message = failureOf(inputOf(solverCase))
      for (const text of expected.error_contains) expect(message).toContain(text)
      return
    }
    const answer = answerOf(solve(inputOf(solverCase)))
    if (expected.any_of === undefined) expect(answer).toMatchObject(withDefaults(expected))
    else expect(expected.any_of.map((one) => one.install)).toContainEqual(answer.install)
  })
})

function withDefaults({ install = [], from, conflicts = [] }: Partial<Answer>): Answer {
  return from === undefined ? { install, conflicts } : { install, from, conflicts }
}

function answerOf({ packages, conflicts }: Solution): Answer {
  return {
    install: packages.map((resolved) => `${resolved.record.name}-${resolved.record.version}`),
    from: packages.map((resolved) => resolved.location),
    conflicts,
  }
}

function failureOf(input: SolveInput): string {
  try {
    solve(input)
  } catch (error) {
    if (error instanceof SolverError) return error.message
    throw error
  }
  throw new Error('solved, but a failure was expected')
}

function inputOf({ indexes, world, other_archs }: SolverCase): SolveInput {
  const input = { indexes: indexesOf(indexes), world }
  if (other_archs === undefined) return input
  const siblings = new Map(Object.entries(other_archs).map(([arch, list]) => [arch, indexesOf(list)]))
  return { ...input, siblings }
}

function indexesOf(indexes: readonly CaseIndex[]): SolverIndex[] {
  const line = ({ tag, repo }: CaseIndex) => (tag === undefined ? repo : `@${tag} ${repo}`)
  return [...indexes]
    .sort((a, b) => compareBytes(line(a), line(b)))
    .map(({ tag = '', repo, index, packages = [] }) => ({
      tag,
      location: repo,
      records: index === undefined ? packages.map((fields) => record(fields)) : realIndex(index),
    }))
}

const realIndexes = new Map<string, readonly PackageRecord[]>()

function realIndex(name: string): readonly PackageRecord[] {
  let records = realIndexes.get(name)
  if (records === undefined) {
    const bytes = readFileSync(resolve(data, 'indexes', `${name}.APKINDEX.tar.gz`))
    records = readIndexArchive(bytes).records
    realIndexes.set(name, records)
  }
  return records
}
