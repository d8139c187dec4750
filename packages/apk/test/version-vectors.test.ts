import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  compareApkoVersions,
  compareVersions,
  isValidVersion,
  type Operator,
  parseConstraint,
  parseVersion,
  satisfies,
} from '../src/index.ts'
import { conformanceData, hasConformanceData, skipNote } from './conformance.ts'

interface Vectors {
  compare: { a: string; op: string; b: string; apko?: string; apkTools?: string; invalid?: string[] }[]
  match: { version: string; op: string; required: string; apkTools: boolean | string; apko: boolean | string }[]
  validity: { version: string; apkTools: boolean; apko: boolean }[]
  constraints: { text: string; apko: { name: string; op: string; version?: string; pin?: string } }[]
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

  test.each(vectors.validity)('validity of $version', ({ version, apkTools, apko }) => {
    expect(isValidVersion(version)).toBe(apkTools)
    expect(parseVersion(version) !== undefined).toBe(apko)
  })

  test.each(vectors.constraints)('apko: constraint $text', ({ text, apko }) => {
    const { name, operator, version, pin } = parseConstraint(text)
    expect({ name, op: operator, version, pin }).toEqual({ version: '', pin: '', ...apko })
  })
})

function apkoMatch(version: string, op: string, required: string): boolean | string {
  const [actual, wanted] = [parseVersion(version), parseVersion(required)]
  if (actual === undefined || wanted === undefined) return 'invalid'
  return satisfies(actual, op as Operator, wanted)
}
