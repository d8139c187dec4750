import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import { type Container, startContainer } from './container.ts'
import { type Engine, execArguments } from './engine-arguments.ts'
import { SandboxError } from './error.ts'
import { findProgram } from './find-program.ts'
import { start } from './start.ts'
import {
  type Command,
  type Exit,
  type Guest,
  type Runner,
  SECRETS_DIRECTORY,
  type Secret,
  type Usability,
} from './types.ts'

const HINTS: Readonly<Record<Engine, { readonly install: string; readonly start: string }>> = {
  docker: {
    install: 'install Docker Engine (https://docs.docker.com/engine/install/), or use --runner bubblewrap',
    start: 'start the engine (systemctl start docker), and let this user reach it (group docker, or DOCKER_HOST)',
  },
  podman: {
    install: 'install podman: apt-get install podman (Debian, Ubuntu), dnf install podman (Fedora)',
    start: 'see what `podman info` says; without root it needs entries in /etc/subuid and /etc/subgid',
  },
}

/** Who starts containers, and with which environment. */
export interface EngineOptions {
  /** Environment of the host: the engine's client finds its programs and its engine with it. Guests see nothing of it. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly caller: { readonly uid: number; readonly gid: number }
}

/** Runs guests in containers of docker or podman, through their command line. */
export function createEngineRunner(engine: Engine, options: EngineOptions): Runner {
  const containers = new Map<string, Promise<Container>>()
  const containerOf = (guest: Guest): Promise<Container> => {
    const known = containers.get(guest.root)
    if (known !== undefined) return known
    const name = `melange-ts-${randomBytes(8).toString('hex')}`
    const started = startContainer(engine, guest, { name, ...options })
    containers.set(guest.root, started)
    return started
  }
  return {
    name: engine,
    rootOnDisk: false,
    checkUsable: () => checkUsable(engine, options),
    run: async (guest, command) => runIn(await containerOf(guest), guest, command, { engine, env: options.env }),
    async attach(guest, { argv, environment, secrets = [] }) {
      const { name } = await containerOf(guest)
      return withSecrets(secrets, { engine, name, env: options.env }, () =>
        client([engine, ...execArguments(guest, name, { argv, environment: environment ?? {} }, terminalMode())], {
          env: options.env,
          attached: true,
        }),
      )
    },
    async stop(guest) {
      const container = containers.get(guest.root)
      containers.delete(guest.root)
      await (await container?.catch(() => undefined))?.stop()
    },
  }
}

interface Client {
  readonly engine: Engine
  readonly env: EngineOptions['env']
}

async function runIn(container: Container, guest: Guest, command: Command, { engine, env }: Client): Promise<Exit> {
  const { argv, environment = {}, secrets = [], onLine = () => {}, signal } = command
  // Ending the client ends nothing inside.
  const kill = (): void => void container.kill()
  signal?.addEventListener('abort', kill, { once: true })
  try {
    return await withSecrets(secrets, { engine, name: container.name, env }, () =>
      client([engine, ...execArguments(guest, container.name, { argv, environment })], { env, onLine, signal }),
    )
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}

/** Puts secrets into the container's memory for as long as `use` takes. */
async function withSecrets(
  secrets: readonly Secret[],
  { engine, name, env }: Client & { readonly name: string },
  use: () => Promise<Exit>,
): Promise<Exit> {
  const shell = (script: string, id: string, input?: Uint8Array): Promise<Exit> =>
    client([engine, 'exec', '--interactive', name, '/bin/sh', '-c', script, 'sh', `${SECRETS_DIRECTORY}/${id}`], {
      env,
      ...(input === undefined ? {} : { input }),
    })
  try {
    for (const { id, bytes } of secrets) {
      const { exitCode } = await shell('umask 277 && cat > "$1"', id, bytes)
      if (exitCode !== 0)
        throw new SandboxError('GUEST_START', `${engine} could not hand the secret ${id} to the guest`)
    }
    return await use()
  } finally {
    for (const { id } of secrets) await shell('rm -f "$1"', id)
  }
}

async function client(command: readonly string[], wiring: Parameters<typeof start>[1]): Promise<Exit> {
  const exit = await start(command, wiring)
  if (exit === undefined) throw missing(command[0] as Engine)
  return exit
}

function terminalMode(): string[] {
  return process.stdin.isTTY ? ['--interactive', '--tty'] : ['--interactive']
}

async function checkUsable(engine: Engine, { env }: EngineOptions): Promise<Usability> {
  if (findProgram(engine, env.PATH ?? '') === undefined) throw missing(engine)
  const command =
    engine === 'docker' ? ['version', '--format', '{{.Server.Version}}'] : ['info', '--format', '{{.Host.Arch}}']
  const probe = await execa(engine, command, { env, extendEnv: false, reject: false, timeout: 30_000 })
  if (probe.exitCode === 0) return {}
  throw new SandboxError('RUNNER_UNUSABLE', `${engine} cannot start a guest on this machine`, {
    notes: probe.stderr === '' ? [] : [probe.stderr],
    hint: HINTS[engine].start,
  })
}

function missing(engine: Engine): SandboxError {
  return new SandboxError('RUNNER_MISSING', `steps are to run in ${engine}, which was not found on PATH`, {
    hint: HINTS[engine].install,
  })
}
