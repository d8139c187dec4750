import { describe, expect, test } from 'vitest'
import { createPipelineLibrary } from '../../src/compile/pipelines.ts'
import type { Upstream } from './git-upstream.ts'
import { builtinPipelineNames } from './names.ts'
import { gitCheckoutRows } from './rows/git-checkout.ts'
import { ROWS } from './rows/index.ts'
import { compileUse } from './run-row.ts'

/** Inputs that no script reads: they are for the SBOM, for people, or for the packages that a step needs. */
const NOT_READ: Readonly<Record<string, readonly string[]>> = {
  'R/build': ['package', 'version'],
  fetch: ['purl-name', 'purl-version', 'reason'],
  'git-checkout': ['type-hint', 'reason'],
  'go/build': ['go-package'],
  'go/build/v2': ['vendor'],
  'go/covdata': ['package'],
  'go/install': ['go-package'],
  'llvm/covreport': ['package'],
  'xcover/ensure': ['package'],
  'xcover/profile': ['package'],
  'xcover/status': ['package'],
  'xcover/stop': ['package'],
  'xcover/wait': ['package'],
}

const library = createPipelineLibrary([])
const names = builtinPipelineNames()
const commit = '0'.repeat(40)
const upstream = {
  directory: '',
  one: commit,
  two: commit,
  three: commit,
  fix1: commit,
  fix2: commit,
  tagObject: commit,
}
const rows = [...ROWS, ...gitCheckoutRows({ ...upstream, remove: () => {} } satisfies Upstream)]

const inputsOf = (name: string) => library(name, undefined).step.inputs
const unread = (name: string) => NOT_READ[name] ?? []

describe('rows', () => {
  test.each(names)('%s: each input that is read has a row that sets it', (name) => {
    const set = new Set(rows.filter(({ uses }) => uses === name).flatMap((row) => Object.keys(row.with ?? {})))
    const read = Object.keys(inputsOf(name)).filter((input) => !unread(name).includes(input))
    expect(read.filter((input) => !set.has(input))).toEqual([])
  })

  test.each(names)('%s: what counts as not read is not read', (name) => {
    const scripts = library(name, undefined).step.pipeline.map(({ runs }) => runs)
    for (const input of unread(name)) expect(scripts.join()).not.toContain(`inputs.${input}}`)
  })
})

test.each([
  ['go/build', 'go-package', { packages: '.', output: 'x' }],
  ['go/covdata', 'package', {}],
  ['go/install', 'go-package', { package: '.' }],
  ['llvm/covreport', 'package', {}],
  ['npm/install', 'npm-package', { package: 'x', version: '1' }],
  ['xcover/ensure', 'package', {}],
  ['xcover/profile', 'package', { 'executable-path': '/x' }],
  ['xcover/status', 'package', {}],
  ['xcover/wait', 'package', {}],
])('%s needs what %s names', (uses, input, rest) => {
  const needs = (value: string) => compileUse({ uses, with: { ...rest, [input]: value } })[0]?.needs?.packages
  expect(needs('another~1.2')).toContain('another~1.2')
  expect(needs('')).toContain(inputsOf(uses)[input]!.default)
})
