// npm run bench -- [--peer apko=PATH] [--peer melange=PATH] [--runs N] [--json FILE] [--docs] [CASE…]
// Runs each case with our command and with every given peer in turn, and prints wall time, CPU, peak memory and the ratio.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cases } from './cases.mjs'
import { measure } from './measure.mjs'
import { growthLines, resultLines, writeFigures } from './report.mjs'

const ROOT = resolve(import.meta.dirname, '..')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string', default: '5' },
    json: { type: 'string', default: join(ROOT, 'bench/results/last.json') },
    data: { type: 'string', default: process.env.CONFORMANCE_DATA || resolve(ROOT, '../shared/data') },
    docs: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const known = cases({ root: ROOT, data: values.data })
if (values.help) {
  console.log(
    'usage: npm run bench -- [--peer apko=PATH] [--peer melange=PATH] [--runs N] [--json FILE] [--docs] [CASE…]',
  )
  console.log('--docs puts the figures into docs/performance.md. CASE may end in * for all that begin like it.\ncases:')
  for (const entry of known) console.log(`  ${entry.name.padEnd(32)} ${entry.what}`)
  process.exit(0)
}
const isWanted = ({ name }) => positionals.length === 0 || positionals.some((wanted) => matches(name, wanted))
const unknown = positionals.filter((wanted) => !known.some(({ name }) => matches(name, wanted)))
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
const record = readRecord()
for (const entry of known.filter(isWanted)) {
  if (!entry.available) {
    console.log(`${entry.name.padEnd(32)} skipped: ${entry.unavailable}`)
    continue
  }
  const result = await runCase(entry)
  for (const line of resultLines(result, record.get(entry.name))) console.log(line)
  record.set(entry.name, result)
}
const [{ model = 'unknown' } = {}] = cpus()
const results = known.flatMap(({ name }) => record.get(name) ?? [])
const figures = { node: process.version, cpus: cpus().length, model, results }
for (const line of growthLines(results.filter((result) => isWanted({ name: result.case })))) console.log(line)
console.log(`\n${figures.cpus} × ${model}, Node ${process.version}`)
mkdirSync(dirname(values.json), { recursive: true })
writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`)
if (values.docs) writeFigures(join(ROOT, 'docs/performance.md'), figures)

function matches(name, wanted) {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted
}

async function runCase(entry) {
  const contestants = [['ours', entry.ours]]
  const peer = peers[entry.program]
  if (peer !== undefined && entry.peer !== undefined)
    contestants.push([entry.program, (index) => entry.peer(peer, index)])
  const samples = Object.fromEntries(contestants.map(([name]) => [name, []]))
  for (let index = 0; index <= Number(values.runs); index++) {
    for (const [name, make] of contestants) {
      const command = await make(index)
      spawnSync('sync') // so that nobody waits for what another one wrote
      const sample = await measure(command)
      if (index > 0) samples[name].push(sample) // the first round only warms the file system up
    }
  }
  const { name, what, goal } = entry
  const summaries = Object.entries(samples).map(([who, list]) => [who, summarise(list)])
  return { case: name, what, goal, contestants: Object.fromEntries(summaries) }
}

function summarise(samples) {
  const figure = (pick) => {
    const sorted = samples.map(pick).sort((a, b) => a - b)
    return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], max: sorted.at(-1) }
  }
  return {
    wallMs: figure((s) => s.wallMs),
    cpuMs: figure((s) => s.cpuMs),
    peakMb: figure((s) => s.peakMb),
    outputMb: samples[0]?.outputMb === undefined ? undefined : figure((s) => s.outputMb),
  }
}

/** What was measured last on this machine, by case. */
function readRecord() {
  try {
    const { results } = JSON.parse(readFileSync(values.json, 'utf8'))
    return new Map(results.filter((result) => result.contestants).map((result) => [result.case, result]))
  } catch (error) {
    if (error.code === 'ENOENT') return new Map()
    throw error
  }
}
