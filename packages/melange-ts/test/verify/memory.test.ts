import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const TOO_LARGE = ['PACKAGE_TOO_LARGE']
let directory: string
let program: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'memory-test-'))
  program = join(directory, 'program.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'memory-child.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['apkts-source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe.skipIf(!existsSync('/proc/self/status'))('memory stays within bounds for', () => {
  test.each([
    { scenario: 'nothing but the program', codes: [], mebibytes: 150 },
    { scenario: 'a package of 2 GiB', codes: [], mebibytes: 250 },
    { scenario: 'a package with one file of 512 MiB', codes: [], mebibytes: 250 },
    { scenario: 'a control section that inflates to 64 GiB', codes: TOO_LARGE, mebibytes: 300 },
    { scenario: 'a data section that inflates beyond its limit', codes: TOO_LARGE, mebibytes: 300 },
    { scenario: 'a pax header of 1 MiB for each of 2,000 entries', codes: TOO_LARGE, mebibytes: 500 },
    { scenario: 'a pax header that says it has 4 GiB', codes: TOO_LARGE, mebibytes: 300 },
    { scenario: 'a sparse file of 8 TiB', codes: ['PACKAGE_DAMAGED'], mebibytes: 150 },
    { scenario: 'a file that says it has 8 TiB', codes: ['PACKAGE_TRUNCATED'], mebibytes: 150 },
    { scenario: '100,000 empty gzip members', codes: [], mebibytes: 250 },
    { scenario: 'more entries than a package may have', codes: TOO_LARGE, mebibytes: 500 },
    { scenario: 'an index that inflates to 64 GiB', codes: TOO_LARGE, mebibytes: 800 },
    { scenario: 'signing and indexing a file of 300 MiB', codes: [], mebibytes: 200 },
  ])(
    '$scenario: $mebibytes MiB',
    async ({ scenario, codes, mebibytes }) => {
      const { stdout } = await promisify(execFile)(process.execPath, [program, scenario])
      const found = JSON.parse(stdout) as { codes: string[]; peakMib: number }
      expect(found.codes).toEqual(codes)
      expect(found.peakMib).toBeLessThan(mebibytes)
    },
    300_000,
  )
})
