import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { PeerCase } from './peer/case.ts'
import { kinds } from './peer/generate/kinds.ts'
import { minimise } from './peer/minimise.ts'
import { type Run, theirs } from './peer/programs.ts'
import { Random } from './peer/random.ts'
import { type CaseReport, runCase } from './peer/run-case.ts'

interface Settings {
  readonly peer: Run
  readonly directory: string
  readonly showFailures: boolean
  readonly smaller: boolean
  readonly save: string | undefined
}

/** How often a case that differs is run before that is believed. */
const DRAWS = 8

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '170' },
    'stop-after': { type: 'string', default: '10' },
    case: { type: 'string' },
    save: { type: 'string' },
    failures: { type: 'boolean', default: false },
    minimise: { type: 'boolean', default: true },
    help: { type: 'boolean', short: 'h', default: false },
  },
  allowNegative: true,
})

process.exitCode = await main()

/** Runs an original and our program on the same random inputs, and returns the exit status: 1 when something differs. */
async function main(): Promise<number> {
  const program = values.peer?.replace(/^apko=/, '')
  const unknown = positionals.filter((name) => !(name in kinds))
  if (values.help || program === undefined || unknown.length > 0) {
    process.stdout.write(usage(unknown))
    return values.help ? 0 : 1
  }
  const directory = await mkdtemp(join(tmpdir(), 'peer-'))
  const settings = {
    peer: theirs(resolve(program)),
    directory,
    showFailures: values.failures,
    smaller: values.minimise,
    save: values.save,
  }
  try {
    return values.case === undefined ? await runKinds(settings) : await runSaved(values.case, settings)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function runSaved(path: string, settings: Settings): Promise<number> {
  const item = JSON.parse(await readFile(path, 'utf8')) as PeerCase
  const report = await runCase(item, join(settings.directory, 'case'), settings.peer)
  process.stdout.write(`${report.difference ?? JSON.stringify(report.failure ?? 'equal')}\n`)
  return report.difference === undefined ? 0 : 1
}

async function runKinds(settings: Settings): Promise<number> {
  const names = positionals.length === 0 ? Object.keys(kinds) : positionals
  let differing = 0
  for (const name of names) differing += await runKind(name, settings)
  return differing === 0 ? 0 : 1
}

/** Runs cases of one kind until one of the limits is reached, and returns how many differ. */
async function runKind(name: string, settings: Settings): Promise<number> {
  const tally = { equal: 0, failing: 0, onlyThere: 0, differing: 0 }
  const end = Date.now() + Number(values.seconds) * 1000
  const first = Number(values.seed)
  for (let seed = first; seed < first + Number(values.cases) && Date.now() < end; seed++) {
    const item = kinds[name]!(new Random(seed), seed)
    const report = await runSteadily(item, settings)
    if (report.difference !== undefined) {
      tally.differing += 1
      await tell(item, report, settings)
      if (tally.differing >= Number(values['stop-after'])) break
    } else if (report.onlyThere !== undefined) {
      tally.onlyThere += 1
      if (settings.showFailures) process.stdout.write(`${name} ${seed}: ${report.onlyThere}\n`)
    } else if (report.failure === undefined) tally.equal += 1
    else {
      tally.failing += 1
      if (settings.showFailures) process.stdout.write(failureText(item, report.failure))
    }
  }
  process.stdout.write(
    `${name}: ${tally.equal} equal, ${tally.failing} fail in both, ${tally.onlyThere} only there, ${tally.differing} differ\n`,
  )
  return tally.differing
}

/** The same, and again where something differs: what the original draws by lot may come out like ours. */
async function runSteadily(item: PeerCase, { directory, peer }: Settings): Promise<CaseReport> {
  let report: CaseReport = {}
  for (let tries = 0; tries < DRAWS; tries++) {
    report = await runCase(item, join(directory, 'case'), peer)
    if (report.difference === undefined) break
  }
  return report
}

async function tell(item: PeerCase, { difference = '' }: CaseReport, settings: Settings): Promise<void> {
  process.stdout.write(`${item.kind} ${item.seed}: ${difference}\n`)
  if (!settings.smaller && settings.save === undefined) return
  const small = !settings.smaller
    ? item
    : await minimise(item, async (candidate) => {
        try {
          const report = await runCase(candidate, join(settings.directory, 'smaller'), settings.peer)
          return report.difference !== undefined && sort(report.difference) === sort(difference)
        } catch {
          return false
        }
      })
  const text = JSON.stringify({ ...small, kind: item.kind, seed: item.seed }, null, 1)
  if (settings.save === undefined) process.stdout.write(`${text}\n`)
  else await writeFile(join(settings.save, `${item.kind}-${item.seed}.json`), text)
}

// Differences of one sort are told in the same words.
function sort(difference: string): string {
  return difference
    .replace(/"(\\.|[^"\\])*"/g, '')
    .replace(/[\d./]+/g, '')
    .slice(0, 40)
}

function failureText(item: PeerCase, { theirs: there, ours: here }: NonNullable<CaseReport['failure']>): string {
  const lines = (text: string) => text.trim().split('\n').slice(-3).join('\n    ').slice(-400)
  return `${item.kind} ${item.seed}\n  there: ${lines(there)}\n  here:  ${lines(here)}\n`
}

function usage(unknown: readonly string[]): string {
  const wrong = unknown.length === 0 ? '' : `unknown kind ${unknown.join(', ')}\n`
  return `${wrong}usage: npm run -s peer -- --peer apko=PATH [--seed N] [--cases N] [--seconds N] [--stop-after N] [--failures]
         [--no-minimise] [--save DIR] [--case FILE] [KIND…]
kinds: ${Object.keys(kinds).join(' ')}
`
}
