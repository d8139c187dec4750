import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type PackageRecord, readIndexArchive } from '@apkts/apk'
import { describe, expect, test } from 'vitest'
import { checkSolution, SolverError, type SolverIndex, solve, solveComplete } from '../src/index.ts'
import { builds } from './universe.ts'

const data = process.env.CONFORMANCE_DATA ?? resolve(import.meta.dirname, '../../../../shared/data')
const present = existsSync(resolve(data, 'indexes'))
const skipped = present ? '' : ' (skipped: conformance data not present)'

function readIndex(name: string): readonly PackageRecord[] {
  return readIndexArchive(readFileSync(resolve(data, 'indexes', `${name}.APKINDEX.tar.gz`))).records
}

function failsWith(solver: typeof solve, indexes: readonly SolverIndex[], name: string): SolverError | undefined {
  try {
    solver({ indexes, world: [name] })
    return undefined
  } catch (error) {
    if (error instanceof SolverError) return error
    throw error
  }
}

describe.skipIf(!present)(`real indexes${skipped}`, () => {
  test.each([
    { index: 'alpine-316', stumbled: 14 },
    { index: 'alpine-317', stumbled: 13 },
  ])('$index: the complete resolver solves what the compatible one stumbles over', ({ index, stumbled }) => {
    const indexes = [{ tag: '', location: index, records: readIndex(index) }]
    const names = [...new Set(indexes[0]!.records.map(({ name }) => name))]
    const failed = names.filter((name) => failsWith(solve, indexes, name) !== undefined)
    const selected = failed.filter((name) => failsWith(solve, indexes, name)?.code === 'ALREADY_SELECTED')
    expect(selected).toHaveLength(stumbled)
    expect(selected).toContain('cairo-dev')
    for (const name of selected) {
      const { packages } = solveComplete({ indexes, world: [name] })
      expect(checkSolution(packages, { world: [name], indexes })).toEqual([])
    }
    const hopeless = failed.filter((name) => failsWith(solveComplete, indexes, name) !== undefined)
    expect(hopeless.map((name) => failsWith(solveComplete, indexes, name)?.code)).toEqual(
      hopeless.map(() => 'UNKNOWN_NAME'),
    )
  })

  test.each([
    ['alpine-base', 'curl', 'git', 'nginx', 'python3'],
    ['build-base', 'cmake', 'python3-dev', 'openssl-dev'],
  ])('both resolvers choose the same packages for a plain world %#', (...world) => {
    const indexes = [{ tag: '', location: 'main', records: readIndex('alpine-316') }]
    const input = { indexes, world }
    const { packages } = solveComplete(input)
    const extra = new Set(
      packages.filter(({ reason }) => reason.kind === 'install-if').map(({ record }) => record.name),
    )
    const plain = packages.filter(({ record }) => !extra.has(record.name))
    const greedy = solve(input).packages.filter(({ record }) => !extra.has(record.name))
    expect(builds(plain).sort()).toEqual(builds(greedy).sort())
  })
})
