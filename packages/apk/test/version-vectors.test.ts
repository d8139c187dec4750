import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
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
} from '../src/index.ts'
import { conformanceData, hasConformanceData, skipNote } from './conformance.ts'

interface Vectors {
  compare: { a: string; op: string; b: string; apko?: string; apkTools?: string; invalid?: string[] }[]
  match: { version: string; op: string; required: string; apkTools: boolean | string; apko: boolean | string }[]
  validity: { version: string; apkTools: boolean; apko: boolean }[]
  constraints: {
    text: string
    apko: { name: string; op: string; version?: string; pin?: string }
    apkTools: { name?: string; conflict?: boolean; op?: string; version?: string; error?: boolean }
  }[]
}

const file = join(conformanceData, 'apk-version-vectors.json')
const vectors: Vectors = hasConformanceData
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { compare: [], match: [], validity: [], constraints: [] }

function sign(order: number): string {
  if (order === 0) return '='
  return order < 0 ? '<' : '>'
}

function apkoOrder(a: string, b: string): string {
  const [x, y] = [parseVersion(a), parseVersion(b)]
  return x === undefined || y === undefined ? 'invalid' : sign(compareApkoVersions(x, y))
}

describe.skipIf(!hasConformanceData)(`versions: recorded facts${skipNote}`, () => {
  test.each(vectors.compare)('apk-tools: $a $op $b', ({ a, op, b }) => {
    expect(sign(compareVersions(a, b))).toBe(op)
    expect(sign(compareVersions(b, a))).toBe({ '<': '>', '>': '<' }[op] ?? op)
  })

  test.each(vectors.compare)('apko: $a $op $b', ({ a, op, b, apko }) => {
    expect(apkoOrder(a, b)).toBe(apko ?? op)
  })

  test.each(vectors.compare.filter((row) => row.invalid))('apk-tools refuses $invalid', ({ a, b, invalid }) => {
    expect([a, b].filter((text) => !isValidVersion(text))).toEqual(invalid)
  })

  test.each(vectors.match)('apko: $version $op $required is $apko', ({ version, op, required, apko }) => {
    expect(apkoMatch(version, op, required)).toBe(apko)
  })

  test.each(vectors.match)('apk-tools: $version $op $required is $apkTools', ({ version, op, required, apkTools }) => {
    expect(satisfiesDependency(version, op as DependencyOperator, required)).toBe(apkTools)
  })

  test.each(vectors.validity)('validity of $version', ({ version, apkTools, apko }) => {
    expect(isValidVersion(version)).toBe(apkTools)
    expect(parseVersion(version) !== undefined).toBe(apko)
  })

  test.each(vectors.constraints)('apko: constraint $text', ({ text, apko }) => {
    const { name, operator, version, pin } = parseConstraint(text)
    expect({ name, op: operator, version, pin }).toEqual({ version: '', pin: '', ...apko })
  })

  test.each(vectors.constraints)('apk-tools: dependency $text', ({ text, apkTools }) => {
    const parsed = parseDependency(text)
    if (apkTools.error === true) expect(parsed).toBeUndefined()
    else expect(parsed).toEqual({ conflict: false, operator: apkTools.op ?? '', version: '', ...withoutOp(apkTools) })
  })
})

function withoutOp<T extends { op?: string }>({ op: _, ...rest }: T): Omit<T, 'op'> {
  return rest
}

function apkoMatch(version: string, op: string, required: string): boolean | string {
  const { operator, unknownOperator } = parseConstraint(`name${op}${required}`)
  const [actual, wanted] = [parseVersion(version), parseVersion(required)]
  if (unknownOperator !== undefined) return 'unconstrained'
  return actual === undefined || wanted === undefined ? 'invalid' : satisfies(actual, operator, wanted)
}
