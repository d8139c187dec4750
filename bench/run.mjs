// npm run bench -- [--peer apko=PATH] [--peer melange=PATH] [--runs N] [--json FILE] [CASE…]
// Runs each case with our command and with every given peer in turn, and prints wall time, CPU, peak memory and the ratio.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cases } from './cases.mjs'
import { measure } from './measure.mjs'

const ROOT = resolve(import.meta.dirname, '..')
const RECORD = join(ROOT, 'bench/results/last.json')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string', default: '5' },
    json: { type: 'string', default: RECORD },
    data: { type: 'string', default: process.env.CONFORMANCE_DATA || resolve(ROOT, '../shared/data') },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const known = cases({ root: ROOT, data: values.data })
if (values.help) {
  console.log(`usage: npm run bench -- [--peer apko=PATH] [--peer melange=PATH] [--runs N] [CASE…]\ncases:`)
  for (const entry of known) console.log(`  ${entry.name.padEnd(28)} ${entry.what}`)
  process.exit(0)
}
const unknown = positionals.filter((name) => !known.some((entry) => entry.name === name))
if (unknown.length > 0) {
  console.error(`unknown case ${unknown.join(', ')}; --help lists them`)
  process.exit(1)
}

const build = spawnSync('npx', ['turbo', 'run', 'build', '--output-logs=errors-only'], {
  cwd: ROOT,
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
})
if (build.status !== 0) process.exit(1)

const peers = Object.fromEntries(values.peer.map((text) => text.split('=')))
const before = readRecord()
const results = []
for (const entry of known) {
  if (positionals.length > 0 && !positionals.includes(entry.name)) continue
  if (!entry.available) {
    console.log(`${entry.name.padEnd(28)} skipped: ${entry.unavailable}`)
    continue
  }
  results.push(await runCase(entry))
}
console.log(`\n${cpus().length} CPUs, Node ${process.version}`)
mkdirSync(join(ROOT, 'bench/results'), { recursive: true })
writeFileSync(values.json, `${JSON.stringify({ node: process.version, cpus: cpus().length, results }, null, 2)}\n`)

async function runCase(entry) {
  const contestants = [['ours', entry.ours]]
  const peer = peers[entry.program]
  if (peer !== undefined && entry.peer !== undefined)
    contestants.push([entry.program, (index) => entry.peer(peer, index)])
  const samples = Object.fromEntries(contestants.map(([name]) => [name, []]))
  for (let index = 0; index <= Number(values.runs); index++) {
    for (const [name, make] of contestants) {
      const sample = await measure(await make(index))
      if (index > 0) samples[name].push(sample) // the first round only warms the file system up
    }
  }
  const summary = Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, summarise(list)]))
  report(entry, summary)
  return { case: entry.name, goal: entry.goal, ...summary }
}

function summarise(samples) {
  const figure = (pick) => {
    const sorted = samples.map(pick).sort((a, b) => a - b)
    return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], max: sorted.at(-1) }
  }
  return { wallMs: figure((s) => s.wallMs), cpuMs: figure((s) => s.cpuMs), peakMb: figure((s) => s.peakMb) }
}

function report(entry, summary) {
  for (const [name, { wallMs, cpuMs, peakMb }] of Object.entries(summary)) {
    const wall = [wallMs.min, wallMs.median, wallMs.max].map((ms) => ms.toFixed(0).padStart(6)).join(' ')
    console.log(
      `${entry.name.padEnd(28)} ${name.padEnd(8)} wall ${wall} ms  cpu ${cpuMs.median.toFixed(0).padStart(6)} ms  peak ${peakMb.median.toFixed(0).padStart(5)} MB${note(entry, name, summary)}`,
    )
  }
}

function note(entry, name, summary) {
  if (name !== 'ours') return `  ratio ${(summary[name].wallMs.median / summary.ours.wallMs.median).toFixed(2)}`
  const last = before[entry.name]
  const goal = entry.goal === undefined ? '' : `  goal ${entry.goal}`
  return last === undefined ? goal : `${goal}  last ${last.toFixed(0)} ms`
}

function readRecord() {
  try {
    const record = JSON.parse(readFileSync(RECORD, 'utf8'))
    return Object.fromEntries(record.results.map((result) => [result.case, result.ours.wallMs.median]))
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw error
  }
}
