import { afterAll, describe, expect, test } from 'vitest'
import { judge } from './judge.ts'
import { builtinPipelineNames } from './names.ts'
import { makeRoots, missingPrograms } from './roots.ts'
import type { Row, Shell } from './row.ts'
import { ROWS } from './rows/index.ts'
import { runRow } from './run-row.ts'

const SHELLS: readonly Shell[] = ['busybox', 'bash']
const missing = missingPrograms()
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`
const roots = missing.length > 0 ? undefined : makeRoots()
afterAll(() => roots?.remove())

test('every built-in pipeline has rows', () => {
  expect([...new Set(ROWS.map(({ uses }) => uses))].sort()).toEqual(
    builtinPipelineNames().filter((name) => name !== 'git-checkout'),
  )
})

describe.skipIf(missing.length > 0)(`what built-in pipelines do${why}`, () => {
  for (const shell of SHELLS) {
    const rows = ROWS.filter((row) => runsIn(shell, row))
    describe.concurrent(`/bin/sh is ${shell}`, () => {
      test.each(rows)('$uses: $title', async (row) => {
        judge(row, await runRow(row, roots!.root(shell)))
      })
    })
  }
})

// Busybox runs its own programs whatever PATH says.
function runsIn(shell: Shell, { shells = SHELLS, tools = {} }: Row): boolean {
  return shells.includes(shell) && (shell !== 'busybox' || !Object.keys(tools).some((name) => roots?.applets.has(name)))
}
