import { expect } from 'vitest'
import type { Row } from './row.ts'
import type { Outcome } from './run-row.ts'

/** Compares what a row did with what it says. */
export function judge(row: Row, { ran, status, stdout, stderr, files }: Outcome): void {
  const expected = { ran: row.ran ?? [], status: row.fails ?? 0 }
  // An unexpected end is easier to understand with what the shell said.
  const said = status === expected.status ? {} : { stderr }
  expect({ ran: ran.map((call, at) => pattern(call, expected.ran[at])), status, ...said }).toEqual(expected)
  if (row.prints !== undefined) expect(stdout).toEqual(row.prints)
  if (row.says !== undefined) expect(stdout.filter((line) => row.says?.includes(line))).toEqual(row.says)
  if (row.warns !== undefined) expect(stderr).toContain(row.warns)
  if (row.leavesOnly !== undefined) expect(files).toEqual(row.leavesOnly)
  const looked = Object.keys(row.leaves ?? {}).map((path) => [path, files[path] ?? 'absent'])
  expect(Object.fromEntries(looked)).toEqual(row.leaves ?? {})
}

function pattern(call: string, expected: string | undefined): string {
  return expected?.startsWith('*') === true && call.includes(`${expected.slice(1)} `) ? expected : call
}
