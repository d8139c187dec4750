import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { containerArguments, type Engine, HOME } from './engine-arguments.ts'
import { SandboxError } from './error.ts'
import type { Guest } from './types.ts'

/** Time for a container to end by itself. */
const END_MS = 5000
const IMAGE_LABEL = 'dev.melange-ts=guest'

/** A running container in which a guest's commands run. */
export interface Container {
  readonly name: string
  /** Ends all its processes at once. */
  kill(): Promise<void>
  /** Ends and removes it. */
  stop(): Promise<void>
}

export interface ContainerOptions {
  readonly name: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly caller: { readonly uid: number; readonly gid: number }
}

/** Starts the container of a guest; when this process goes, however it goes, so does the container. */
export async function startContainer(engine: Engine, guest: Guest, options: ContainerOptions): Promise<Container> {
  const { name, env } = options
  const image = engine === 'docker' ? await importImage(guest, env) : undefined
  const args = containerArguments(engine, guest, { ...options, ...(image === undefined ? {} : { image }) })
  const keeper = execa(engine, args, { env, extendEnv: false, reject: false, stdin: 'pipe', stripFinalNewline: true })
  const removeImage = async (): Promise<void> => {
    if (image !== undefined) await quietly(engine, ['image', 'rm', '--force', image], env)
  }
  const started = new Promise<boolean>((resolve) => keeper.stdout.once('data', () => resolve(true)))
  if (!(await Promise.race([started, keeper.then(() => false)]))) {
    await removeImage()
    const { stderr } = await keeper
    throw new SandboxError('GUEST_START', `${engine} could not start the guest`, {
      notes: stderr === '' ? [] : [stderr],
    })
  }
  await handOver(engine, guest, options)
  return {
    name,
    kill: () => quietly(engine, ['kill', name], env),
    async stop() {
      keeper.stdin.end()
      const ended = await Promise.race([keeper.then(() => true), sleep(END_MS, false, { ref: false })])
      if (!ended) await quietly(engine, ['rm', '--force', name], env)
      await removeImage()
    },
  }
}

// The workspace is the caller's; a container of root gives a wanted user no rights on it.
async function handOver(
  engine: Engine,
  { user, mounts }: Guest,
  { name, env, caller }: ContainerOptions,
): Promise<void> {
  const home = mounts.some(({ target }) => target === HOME)
  if (user === undefined || user.uid === 0 || caller.uid !== 0 || !home) return
  const owner = `${user.uid}:${user.gid ?? user.uid}`
  await quietly(engine, ['exec', '--user', '0:0', name, '/bin/sh', '-c', 'chown -R "$1" "$2"', 'sh', owner, HOME], env)
}

/** The guest's root as an image. Images that a killed build left a day ago go. */
async function importImage({ root, platform }: Guest, env: ContainerOptions['env']): Promise<string> {
  await quietly(
    'docker',
    ['image', 'prune', '--force', '--filter', `label=${IMAGE_LABEL}`, '--filter', 'until=24h'],
    env,
  )
  const options = { env, extendEnv: false, reject: false } as const
  const where = platform === undefined ? [] : ['--platform', platform]
  const archive = execa('tar', ['--numeric-owner', '-C', root, '-cf', '-', '.'], {
    ...options,
    buffer: false,
  })
  const { exitCode, stdout, stderr } = await archive.pipe(
    'docker',
    ['import', '--change', `LABEL ${IMAGE_LABEL}`, ...where, '-'],
    options,
  )
  if (exitCode === 0) return stdout.trim()
  throw new SandboxError('GUEST_START', 'docker could not import the guest', { notes: [stderr] })
}

async function quietly(program: string, args: readonly string[], env: ContainerOptions['env']): Promise<void> {
  await execa(program, args, { env, extendEnv: false, reject: false, stdio: 'ignore' })
}
