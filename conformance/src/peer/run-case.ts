import { cp, mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type RegistryServer, startRegistry } from '../../../packages/registry/test/registry-server.ts'
import { firstDifference } from '../images/difference.ts'
import type { Outcome, PeerCase } from './case.ts'
import { compareOutputs, withoutReferences } from './compare/outputs.ts'
import { compareRegistries } from './compare/registries.ts'
import { writeInputs } from './make/inputs.ts'
import { isOnPurpose } from './on-purpose.ts'
import { ours, type Run } from './programs.ts'
import { type CaseServer, serveCase } from './server.ts'

/** What came of a case: whether the last command succeeded, and what differs. */
export interface CaseReport {
  readonly difference?: string
  /** Why the original failed, when ours did not. That is no difference: it may be a defect of the original's. */
  readonly onlyThere?: string
  /** Of the command that failed in both programs. */
  readonly failure?: { readonly theirs: string; readonly ours: string }
}

interface Places {
  readonly directory: string
  readonly server?: CaseServer | undefined
  readonly registries?: Readonly<Record<Side, RegistryServer>> | undefined
}

type Side = 'theirs' | 'ours'

/** Runs both programs on a case in `directory`, which is emptied first, and compares what they did. */
export async function runCase(item: PeerCase, directory: string, peer: Run): Promise<CaseReport> {
  await rm(directory, { recursive: true, force: true })
  const wants = (word: string) => JSON.stringify([item.files, item.commands, item.env]).includes(word)
  await mkdir(join(directory, 'in'), { recursive: true })
  const server =
    wants('{http}') || wants('{login}') ? await serveCase(join(directory, 'in'), item.server ?? {}) : undefined
  const registries = wants('{registry}') ? { theirs: await startRegistry(), ours: await startRegistry() } : undefined
  try {
    return await compareRuns(item, { directory, server, registries }, peer)
  } finally {
    server?.close()
    for (const registry of Object.values(registries ?? {})) await registry.close()
  }
}

async function compareRuns(item: PeerCase, places: Places, peer: Run): Promise<CaseReport> {
  const { directory, registries, server } = places
  await writeInputs(join(directory, 'in'), item, (text) => withAddresses(text, server))
  await cp(join(directory, 'in'), join(directory, 'in-ours'), { recursive: true })
  for (const side of ['theirs', 'ours']) await mkdir(join(directory, side, 'sbom'), { recursive: true })
  for (const argv of item.commands) {
    const report = await compareCommand(argv, item, { places, peer })
    if (report !== undefined) return report
  }
  const difference =
    (await compareOutputs(join(directory, 'theirs'), join(directory, 'ours'))) ??
    (registries === undefined ? undefined : compareRegistries(registries.theirs, registries.ours))
  return difference === undefined ? {} : { difference }
}

interface Surroundings {
  readonly places: Places
  readonly peer: Run
}

/** What differs or fails; undefined when both do the same and the next command can be run. */
async function compareCommand(
  argv: readonly string[],
  item: PeerCase,
  { places, peer }: Surroundings,
): Promise<CaseReport | undefined> {
  const requests: Partial<Record<Side, string>> = {}
  const runSide = async (side: Side) => {
    const outcome = await runOne(side === 'theirs' ? peer : ours, { argv, item, side, places })
    requests[side] = (places.server?.takeRequests() ?? []).join('\n')
    return outcome
  }
  const early = item.oursFirst === true ? await runSide('ours') : undefined
  const a = await runSide('theirs')
  const b = early ?? (await runSide('ours'))
  if (a.status === 0 && b.status !== 0) {
    const difference = `${argv[0]} works there, and fails here: ${lastWords(b)}`
    return isOnPurpose(difference) ? { failure: { theirs: '', ours: b.stderr } } : { difference }
  }
  if (a.status !== 0 && b.status === 0) return { onlyThere: `${argv[0]} fails there, and works here: ${lastWords(a)}` }
  // How a graph shows that there is no solution is told in words of our own.
  const unsolved = a.stdout.includes(UNSOLVED) && b.stdout.includes(UNSOLVED)
  if (a.status !== 0 || unsolved) return { failure: { theirs: a.stderr, ours: b.stderr } }
  const difference =
    firstDifference('standard output', a.stdout, b.stdout) ??
    (item.commands.join().includes('{shared}')
      ? undefined
      : firstDifference('requests', requests.theirs ?? '', requests.ours ?? ''))
  return difference === undefined ? undefined : { difference: `${argv[0]}: ${difference}` }
}

const UNSOLVED = '❌ error'

interface Call {
  readonly argv: readonly string[]
  readonly item: PeerCase
  readonly side: Side
  readonly places: Places
}

async function runOne(run: Run, { argv, item, side, places }: Call): Promise<Outcome> {
  const { directory, server, registries } = places
  const out = join(directory, side)
  const cwd = join(directory, side === 'theirs' ? 'in' : 'in-ours')
  const host = registries?.[side].host ?? ''
  const filled = (text: string) =>
    withAddresses(text, server)
      .replaceAll('{out}', `../${basename(out)}`)
      .replaceAll('{shared}', '../shared')
      .replaceAll('{registry}', host)
  const given = Object.fromEntries(Object.entries(item.env).map(([name, value]) => [name, filled(value)]))
  const env = { HOME: out, XDG_CACHE_HOME: join(out, 'cache'), TMPDIR: directory, ...given }
  const outcome = await run(argv.map(filled), { cwd, env })
  return { ...outcome, stdout: withoutReferences(outcome.stdout) }
}

function withAddresses(text: string, server: CaseServer | undefined): string {
  return text.replaceAll('{http}', server?.url ?? '').replaceAll('{login}', server?.login ?? '')
}

function lastWords({ stderr }: Outcome): string {
  return stderr.trim().slice(-500)
}
