import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { silentLog } from '@apkts/diagnostics'
import { createBubblewrapRunner, type Guest, type Runner } from '@apkts/sandbox'
import { startDeadline } from '../../src/build/deadline.ts'
import { BuildError } from '../../src/build/error.ts'
import type { StepLog } from '../../src/build/step-log.ts'
import { runPipeline } from '../../src/build/steps.ts'
import { createTracer } from '../../src/build/tracer.ts'
import { createPipelineLibrary } from '../../src/compile/pipelines.ts'
import type { CompiledStep } from '../../src/compile/types.ts'
import { compileRecipe } from '../../src/index.ts'
import { buildEnvironmentVariables } from '../../src/recipe/environment.ts'
import { load } from '../recipe/helpers.ts'
import type { Row } from './row.ts'
import { callsIn, standIn } from './stand-in.ts'

const library = createPipelineLibrary([])

/** The steps of a row's only use of a pipeline. */
export function compileUse(row: Pick<Row, 'uses' | 'with' | 'subpackage' | 'arch'>): readonly CompiledStep[] {
  const pipeline = [{ uses: row.uses, ...(row.with && { with: row.with }) }]
  const subpackage = row.subpackage ?? 's'
  const where = subpackage === '' ? { pipeline } : { subpackages: [{ name: subpackage, pipeline }] }
  const recipe = load(JSON.stringify({ package: { name: 'a', version: '1.2', epoch: 0 }, ...where }))
  const compiled = compileRecipe(recipe, { arch: row.arch ?? 'x86_64', library })
  return subpackage === '' ? compiled.pipeline : compiled.subpackages[0]!.pipeline
}

export interface Outcome {
  readonly ran: readonly string[]
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** 0 when all steps succeeded. */
  readonly status: number | undefined
  /** Paths as in a row. */
  readonly files: Readonly<Record<string, string>>
}

/** Runs a row's pipeline as a build would, in a guest of that root. */
export async function runRow(row: Row, root: string): Promise<Outcome> {
  const place = mkdtempSync(join(tmpdir(), 'pipeline-row-'))
  try {
    prepare(row, place)
    const environment = { ...buildEnvironmentVariables({}, []), ...row.environment }
    const result = await runSteps(compileUse(row), describeGuest(root, place, environment), place)
    const record = join(place, 'record/calls')
    const ran = existsSync(record) ? callsIn(readFileSync(record, 'utf8'), environment) : []
    return { ...result, ran, files: filesOf(place) }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** Directories of a row's own and where the guest sees them; paths in rows begin with the second, if with any. */
const PLACES = {
  workspace: '/home/build',
  root: '/root',
  cache: '/var/cache',
  tmp: '/tmp',
  bin: '/usr/bin',
  record: '/record',
  srv: '/srv',
}

function prepare(row: Row, place: string): void {
  for (const folder of Object.keys(PLACES)) mkdirSync(join(place, folder))
  for (const [path, content] of Object.entries(row.files ?? {})) write(hostPath(place, path), content)
  for (const [path, source] of Object.entries(row.copies ?? {}))
    cpSync(source, hostPath(place, path), { recursive: true })
  for (const [name, body] of Object.entries(row.tools ?? {})) {
    write(join(place, 'bin', name), body.startsWith('-> ') ? body : standIn(name, body), 0o755)
  }
}

function hostPath(place: string, path: string): string {
  const [folder = 'workspace', target = ''] = Object.entries(PLACES).find(([, at]) => path.startsWith(`${at}/`)) ?? []
  return join(place, folder, path.slice(target.length))
}

function write(path: string, content: string, mode = 0o644): void {
  mkdirSync(content === 'directory' ? path : dirname(path), { recursive: true })
  if (content.startsWith('-> ')) symlinkSync(content.slice(3), path)
  else if (content !== 'directory') writeFileSync(path, content, { mode: content.startsWith('#!') ? 0o755 : mode })
}

function describeGuest(root: string, place: string, environment: Readonly<Record<string, string>>): Guest {
  return {
    root,
    mounts: Object.entries(PLACES).map(([folder, target]) => ({ source: join(place, folder), target })),
    environment,
    capabilities: { add: [], drop: [] },
    networking: false,
  }
}

async function runSteps(steps: readonly CompiledStep[], guest: Guest, place: string) {
  const lines = { stdout: [] as string[], stderr: [] as string[] }
  let status: number | undefined = 0
  const bubblewrap = createBubblewrapRunner({ path: process.env.PATH ?? '', root: process.getuid?.() === 0 })
  const runner: Runner = {
    ...bubblewrap,
    run: async (where, command) => {
      const exit = await bubblewrap.run(where, command)
      status = exit.exitCode
      return exit
    },
  }
  const stepLog: StepLog = {
    file: 'log',
    line: (text, stream) => lines[stream].push(text),
    tail: () => [],
    startStep: () => {},
    close: async () => {},
  }
  const { signal, interruption } = startDeadline(new AbortController().signal, 0n)
  const tracer = createTracer({ file: '', log: silentLog })
  const fixed = { packageName: 'a', log: silentLog, tracer, secrets: [], trace: false, shellOnFailure: false }
  const pod = { guest, workspace: join(place, 'workspace'), checkpoint: async () => false, close: async () => {} }
  await runPipeline(steps, {
    runner,
    pod,
    stepLog,
    signal,
    interruption,
    ...fixed,
  }).catch((error) => {
    if (!(error instanceof BuildError)) throw error
  })
  return { ...lines, status }
}

function filesOf(place: string): Record<string, string> {
  const shown = { workspace: '', root: '/root/', cache: '/var/cache/' }
  return Object.assign({}, ...Object.entries(shown).map(([folder, prefix]) => listing(join(place, folder), prefix)))
}

function listing(directory: string, prefix: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name)
    if (entry.isSymbolicLink()) found[prefix + entry.name] = `-> ${readlinkSync(path)}`
    else if (!entry.isDirectory())
      found[prefix + entry.name] = lstatSync(path).isFile() ? readFileSync(path, 'utf8') : 'special'
    else if (readdirSync(path).length === 0) found[prefix + entry.name] = 'directory'
    else Object.assign(found, listing(path, `${prefix}${entry.name}/`))
  }
  return found
}
