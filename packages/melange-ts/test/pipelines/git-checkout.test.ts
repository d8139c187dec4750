import { afterAll, describe, test } from 'vitest'
import { makeUpstream } from './git-upstream.ts'
import { judge } from './judge.ts'
import { makeRoots, missingPrograms } from './roots.ts'
import { gitCheckoutRows } from './rows/git-checkout.ts'
import { runRow } from './run-row.ts'

const missing = missingPrograms()
const why = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`

describe.skipIf(missing.length > 0)(`git-checkout${why}`, () => {
  if (missing.length > 0) return
  const [roots, upstream] = [makeRoots(), makeUpstream()]
  const rows = gitCheckoutRows(upstream)
  afterAll(() => {
    roots.remove()
    upstream.remove()
  })

  for (const shell of ['busybox', 'bash'] as const) {
    describe.concurrent(`/bin/sh is ${shell}`, () => {
      test.each(rows)('$title', async (row) => {
        judge(row, await runRow(row, roots.root(shell)))
      })
    })
  }
})
