// The whole test command: set-up, lint, types, builds, every package's tests, end-to-end tests and the quick conformance
// suites. Ends with one line: `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { installTools } from './tools.mjs'

const ROOT = resolve(import.meta.dirname, '..')
process.chdir(ROOT)

const data = process.env.CONFORMANCE_DATA ?? resolve(ROOT, '../shared/data')
const env = {
  ...process.env,
  CONFORMANCE_DATA: existsSync(data) ? data : '',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  NO_COLOR: '1',
}
const totals = { passed: 0, failed: 0, skipped: 0 }
const started = Date.now()

installTools()
check('lint', 'npx', ['biome', 'ci', '.'])
check('types', 'npx', ['tsc', '-p', 'tsconfig.json'])
if (check('build', 'npx', ['turbo', 'run', 'build', '--output-logs=errors-only', '--log-order=grouped'])) {
  packageTests()
  conformance()
}
console.log(`\n${((Date.now() - started) / 1000).toFixed(0)} s`)
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exit(totals.failed === 0 ? 0 : 1)

/** One check that passes or fails as a whole. */
function check(name, command, args) {
  const result = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 })
  const ok = result.status === 0
  totals[ok ? 'passed' : 'failed'] += 1
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`)
  if (!ok) console.log((result.stdout ?? '') + (result.stderr ?? ''))
  return ok
}

function packageTests() {
  const places = [...readdirSync('packages').map((name) => join('packages', name)), 'e2e', 'conformance']
  for (const place of places) rmSync(join(place, '.vitest'), { recursive: true, force: true })
  const result = spawnSync(
    'npx',
    ['turbo', 'run', 'test', '--continue', '--concurrency=2', '--output-logs=errors-only', '--log-order=grouped'],
    {
      env,
      stdio: 'inherit',
    },
  )
  for (const place of places) addResults(place)
  if (result.status !== 0 && totals.failed === 0) totals.failed += 1
}

/** Adds what vitest wrote for one package; a missing file is a failure, because every package has tests. */
function addResults(place) {
  const file = join(place, '.vitest/results.json')
  if (!existsSync(file)) {
    totals.failed += 1
    console.log(`FAIL ${place}: no test results`)
    return
  }
  const results = JSON.parse(readFileSync(file, 'utf8'))
  totals.passed += results.numPassedTests
  totals.failed +=
    results.numFailedTests +
    results.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0).length
  totals.skipped += results.numPendingTests + results.numTodoTests
  console.log(
    `${results.success ? 'ok  ' : 'FAIL'} ${place}: ${results.numPassedTests} passed, ${results.numFailedTests} failed, ${results.numPendingTests} skipped`,
  )
}

function conformance() {
  if (env.CONFORMANCE_DATA === '') {
    console.log('conformance skipped: conformance data not present')
    totals.skipped += 1
    return
  }
  const result = spawnSync(process.execPath, ['conformance/dist/run.js', '--quick', '--json'], {
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const lines = result.stdout.trimEnd().split('\n')
  const tallies = parseTallies(lines.pop())
  for (const line of lines) console.log(line)
  if (tallies === undefined) {
    totals.failed += 1
    console.log(`FAIL conformance\n${result.stdout}${result.stderr}`)
    return
  }
  for (const tally of tallies) {
    totals.passed += tally.passed
    totals.failed += tally.failed
    totals.skipped += tally.skipped
    console.log(
      `${tally.failed === 0 ? 'ok  ' : 'FAIL'} conformance ${tally.suite}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`,
    )
  }
}

function parseTallies(line) {
  try {
    return JSON.parse(line ?? '')
  } catch {
    return undefined
  }
}
