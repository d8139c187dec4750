// node bench/solver.mjs [100k|pinned]: times the phases of resolving in one process; needs built packages (npm run build).
import {
  formatIndex,
  packageRecord,
  parseIndex,
  parseIndexLazily,
  readIndexEntries,
  writeIndexEntries,
} from '@apkts/apk'
import { utf8, utf8Decode } from '@apkts/encoding'
import { solve, solveComplete } from '@apkts/solver'

const CASES = { '100k': largeIndex, pinned: pinnedWorld }
const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(CASES)) {
  CASES[name]()
  console.log(`${name}: peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`)
}

/** 100,000 builds of 80,000 packages, 20 of them wanted. */
function largeIndex() {
  const text = syntheticIndex(100_000, 80_000)
  timed('100k: parse', () => parseIndex(text))
  const archive = writeIndexEntries({ text: utf8(text), description: '' })
  const records = timed('100k: inflate, parse as builds do', () =>
    parseIndexLazily(utf8Decode(readIndexEntries(archive).text)),
  )
  const input = { indexes: [{ tag: '', location: 'large', records }], world: [] }
  timed('100k: tables', () => solve(input))
  const world = Array.from({ length: 20 }, (_, i) => `pkg-${i * 3001}`)
  timed('100k: solve 20', () => solve({ ...input, world }))
  timed('100k: solve 20, complete', () => solveComplete({ ...input, world }))
}

/** 4,000 packages in three versions each, the middle one pinned. */
function pinnedWorld() {
  const names = Array.from({ length: 4000 }, (_, i) => `p${i}`)
  const records = names.flatMap((name, i) =>
    ['1.0-r0', '2.0-r0', '3.0-r0'].map((version) =>
      record(name, version, { dependencies: i % 4 === 0 ? [] : [`p${i - 1}`] }),
    ),
  )
  const input = { indexes: [{ tag: '', location: 'pinned', records }], world: names.map((name) => `${name}=2.0-r0`) }
  timed('pinned: solve 4,000', () => solve(input))
  timed('pinned: solve 4,000, complete', () => solveComplete(input))
}

// Text in pieces: the records it is made of are not kept.
function syntheticIndex(builds, packages) {
  const pieces = []
  for (let i = 0; i < builds; i++) {
    const number = i % packages
    const dependencies = [`so:lib${(i * 7) % packages}.so.1`, `pkg-${(i * 31 + 1) % packages}`].slice(0, i % 3)
    const provides = [`so:lib${number}.so.1=1.${i % 5}`, `cmd:pkg-${number}=1.0-r0`]
    const version = `1.${Math.floor(i / packages)}.${i % 7}-r0`
    pieces.push(formatIndex([record(`pkg-${number}`, version, { dependencies, provides })]))
  }
  return pieces.join('')
}

function record(name, version, more) {
  const facts = { origin: name, description: 'a synthetic package', license: 'MIT', url: 'https://example.test' }
  return packageRecord({
    name,
    version,
    arch: 'x86_64',
    ...facts,
    commit: 'c'.repeat(40),
    checksum: new Uint8Array(20),
    ...more,
  })
}

/** Wall time, and CPU time of all threads, which other work on the machine changes less. */
function timed(what, work) {
  const start = performance.now()
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  const wall = (performance.now() - start).toFixed(1).padStart(8)
  console.log(`${what.padEnd(36)} ${wall} ms  cpu ${((user + system) / 1000).toFixed(1).padStart(8)} ms`)
  return result
}
