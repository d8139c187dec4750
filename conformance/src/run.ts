import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openContext } from './context.ts'
import type { Suite } from './suite.ts'
import { suites } from './suites/index.ts'

interface Tally {
  readonly suite: string
  passed: number
  failed: number
  skipped: number
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Runs the chosen suites, prints a line per failing case and a table, and returns the exit status. */
async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      data: { type: 'string', default: process.env.CONFORMANCE_DATA || resolve(ROOT, '../shared/data') },
      filter: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return say(usage())
  const chosen = choose(positionals, values.quick)
  if (typeof chosen === 'string') return say(chosen, 1)
  if (!existsSync(values.data)) {
    return say(`skipped: conformance data not present (looked in ${values.data})${summaryLine([])}`)
  }
  const tallies: Tally[] = []
  for (const suite of chosen) tallies.push(await runSuite(suite, values.data, values.filter))
  process.stdout.write(values.json ? `${JSON.stringify(tallies)}\n` : table(tallies))
  return tallies.some((tally) => tally.failed > 0) ? 1 : 0
}

function choose(names: readonly string[], quick: boolean): readonly Suite[] | string {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name))
  if (unknown.length > 0) return `unknown suite ${unknown.join(', ')}\n${usage()}`
  return suites.filter((suite) => (names.length === 0 || names.includes(suite.name)) && (!quick || suite.quick))
}

async function runSuite(suite: Suite, data: string, filter: string | undefined): Promise<Tally> {
  const tally: Tally = { suite: suite.name, passed: 0, failed: 0, skipped: 0 }
  const owned = openContext(ROOT, resolve(data), filter)
  try {
    for await (const result of suite.run(owned.context)) {
      if (result.skipped !== undefined) {
        tally.skipped += 1
        process.stdout.write(`${suite.name}  skip  ${result.name}: ${result.skipped}\n`)
      } else if (result.ok) tally.passed += 1
      else {
        tally.failed += 1
        process.stdout.write(`${suite.name}  FAIL  ${result.name}: ${result.detail ?? 'differs'}\n`)
      }
    }
  } finally {
    await owned.dispose()
  }
  return tally
}

function table(tallies: readonly Tally[]): string {
  const width = Math.max(5, ...tallies.map((tally) => tally.suite.length))
  const row = (cells: readonly (string | number)[]) =>
    `${String(cells[0]).padEnd(width)}  ${cells
      .slice(1)
      .map((cell) => String(cell).padStart(7))
      .join('  ')}\n`
  const rows = tallies.map((tally) =>
    row([tally.suite, tally.passed, tally.failed, tally.skipped, tally.passed + tally.failed + tally.skipped]),
  )
  return `${row(['suite', 'passed', 'failed', 'skipped', 'total'])}${rows.join('')}`
}

function summaryLine(tallies: readonly Tally[]): string {
  return `\n${table(tallies)}`
}

function usage(): string {
  return `usage: npm run -s conformance -- [--data DIR] [--filter TEXT] [--quick] [--json] [SUITE…]
suites: ${suites.map((suite) => suite.name).join(' ')}
`
}

function say(text: string, status = 0): number {
  process.stdout.write(text)
  return status
}

process.exitCode = await run(process.argv.slice(2))
