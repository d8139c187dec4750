import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { firstDifference } from '../images/difference.ts'
import type { Outcome, PeerCase } from './case.ts'
import { compareOutputs } from './compare/outputs.ts'
import { writeInputs } from './make/inputs.ts'
import { ours, type Run } from './programs.ts'

/** What came of a case: whether the last command succeeded, and what differs. */
export interface CaseReport {
  readonly difference?: string
  /** Why the original failed, when ours did not. That is no difference: it may be a defect of the original's. */
  readonly onlyThere?: string
  /** Of the command that failed in both programs. */
  readonly failure?: { readonly theirs: string; readonly ours: string }
}

/** Runs both programs on a case in `directory`, which is emptied first, and compares what they did. */
export async function runCase(item: PeerCase, directory: string, peer: Run): Promise<CaseReport> {
  await rm(directory, { recursive: true, force: true })
  const inputs = join(directory, 'in')
  await mkdir(inputs, { recursive: true })
  await writeInputs(inputs, item)
  for (const name of ['theirs', 'ours']) await mkdir(join(directory, name, 'sbom'), { recursive: true })
  await cp(inputs, join(directory, 'in-ours'), { recursive: true })
  for (const argv of item.commands) {
    const a = await runOne(peer, { argv, item, cwd: inputs, out: join(directory, 'theirs') })
    const b = await runOne(ours, { argv, item, cwd: join(directory, 'in-ours'), out: join(directory, 'ours') })
    if (a.status === 0 && b.status !== 0)
      return { difference: `${argv[0]} works there, and fails here: ${lastWords(b)}` }
    if (a.status !== 0 && b.status === 0)
      return { onlyThere: `${argv[0]} fails there, and works here: ${lastWords(a)}` }
    if (a.status !== 0) return { failure: { theirs: a.stderr, ours: b.stderr } }
    // How a graph shows that there is no solution is told in words of our own.
    if (a.stdout.includes(UNSOLVED) && b.stdout.includes(UNSOLVED))
      return { failure: { theirs: a.stderr, ours: b.stderr } }
    const difference = firstDifference('standard output', a.stdout, b.stdout)
    if (difference !== undefined) return { difference: `${argv[0]}: ${difference}` }
  }
  const difference = await compareOutputs(join(directory, 'theirs'), join(directory, 'ours'))
  return difference === undefined ? {} : { difference }
}

const UNSOLVED = '❌ error'

interface Call {
  readonly argv: readonly string[]
  readonly item: PeerCase
  readonly cwd: string
  readonly out: string
}

async function runOne(run: Run, { argv, item, cwd, out }: Call): Promise<Outcome> {
  const env = { HOME: out, XDG_CACHE_HOME: join(out, 'cache'), TMPDIR: join(out, '..'), ...item.env }
  return run(
    argv.map((word) => word.replaceAll('{out}', `../${out.split('/').at(-1)}`)),
    { cwd, env },
  )
}

function lastWords({ stderr }: Outcome): string {
  return stderr.trim().slice(-500)
}
