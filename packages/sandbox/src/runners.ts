import { createBubblewrapRunner } from './bubblewrap.ts'
import { createEngineRunner } from './engine.ts'
import { SandboxError } from './error.ts'
import { createQemuRunner } from './qemu/qemu.ts'
import type { Runner, RunnerName, Usability } from './types.ts'

/** In the order in which they are recommended. */
export const RUNNER_NAMES: readonly RunnerName[] = ['bubblewrap', 'podman', 'docker', 'qemu']

/** What a runner is made with. */
export interface RunnerOptions {
  /** Environment of the host. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The runner of a name; empty for bubblewrap. @throws SandboxError `RUNNER_UNKNOWN` */
export function createRunner(name: string, { env }: RunnerOptions): Runner {
  const caller = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (name === '' || name === 'bubblewrap')
    return createBubblewrapRunner({ path: env.PATH ?? '', root: caller.uid === 0 })
  if (name === 'docker' || name === 'podman') return createEngineRunner(name, { env, caller })
  if (name === 'qemu') return createQemuRunner({ env, caller, host: process.arch })
  throw new SandboxError('RUNNER_UNKNOWN', `steps cannot run in ${JSON.stringify(name)}`, {
    hint: `--runner takes ${RUNNER_NAMES.join(', ')}; melange-ts doctor tells which of them work here`,
  })
}

/** Checks that a runner works here. @throws SandboxError that also names the runners that would. */
export async function checkRunner(runner: Runner, options: RunnerOptions): Promise<Usability> {
  try {
    return await runner.checkUsable()
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    const others = await usableRunners(
      RUNNER_NAMES.filter((name) => name !== runner.name),
      options,
    )
    const { code, message, notes, hint } = error
    const works = others.map((name) => `--runner ${name} would work here`)
    throw new SandboxError(code, message, { notes: [...notes, ...works], hint })
  }
}

async function usableRunners(names: readonly RunnerName[], options: RunnerOptions): Promise<RunnerName[]> {
  const usable = await Promise.all(
    names.map((name) =>
      createRunner(name, options)
        .checkUsable()
        .then(
          () => true,
          () => false,
        ),
    ),
  )
  return names.filter((_, at) => usable[at])
}
