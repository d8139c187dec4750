import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { type BubblewrapContext, bubblewrapArguments } from './bubblewrap-arguments.ts'
import { SandboxError } from './error.ts'
import { createLineSplitter } from './lines.ts'
import { overlayCommand } from './overlay.ts'
import type { Exit, Guest, Runner } from './types.ts'

const PROGRAM = 'bwrap'
const INSTALL_HINT =
  'install bubblewrap: apt-get install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora), apk add bubblewrap (Alpine, Wolfi)'
const NAMESPACE_HINT =
  'allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), or run as root; inside a container start it with --privileged'

export interface BubblewrapOptions {
  /** Search path of the host. */
  readonly path: string
  /** True when the caller is uid 0. */
  readonly root: boolean
}

/** Runs guests with bubblewrap: namespaces of the kernel, no daemon, no image. */
export function createBubblewrapRunner(options: BubblewrapOptions): Runner {
  return {
    name: 'bubblewrap',
    checkUsable: () => checkUsable(options),
    run: (guest, { argv, environment, onLine, signal }) =>
      start(commandLine(guest, argv, { root: options.root, environment }), options, { onLine, signal }),
    attach: (guest, { argv, environment }) =>
      start(commandLine(guest, argv, { root: options.root, environment, interactive: true }), options, {
        attached: true,
      }),
  }
}

function commandLine(guest: Guest, argv: readonly string[], context: BubblewrapContext): string[] {
  const command = [PROGRAM, ...bubblewrapArguments(guest, argv, context)]
  return guest.overlay === undefined ? command : overlayCommand(guest.overlay, guest.root, command)
}

interface Wiring {
  readonly onLine?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly attached?: boolean
}

// Killing bwrap is enough: the guest's first process dies with it (--die-with-parent), and its process namespace with that.
async function start(command: readonly string[], { path }: BubblewrapOptions, wiring: Wiring): Promise<Exit> {
  const aborted = (): boolean => wiring.signal?.aborted === true
  if (aborted()) return { exitCode: undefined, signal: 'SIGKILL', aborted: true }
  const [program = PROGRAM, ...args] = command
  const child = execa(program, args, {
    env: { PATH: path },
    extendEnv: false,
    reject: false,
    buffer: false,
    encoding: 'buffer',
    stdin: wiring.attached === true ? 'inherit' : 'ignore',
    stdout: wiring.attached === true ? 'inherit' : 'pipe',
    stderr: wiring.attached === true ? 'inherit' : 'pipe',
    killSignal: 'SIGKILL',
    ...(wiring.signal === undefined ? {} : { cancelSignal: wiring.signal }),
  })
  const streams = [child.stdout, child.stderr].map((stream, at) =>
    readLines(stream, (line) => wiring.onLine?.(line, at === 0 ? 'stdout' : 'stderr')),
  )
  const result = await child
  await Promise.all(streams)
  if (result.code === 'ENOENT') throw missing()
  return { exitCode: result.exitCode, signal: result.signal, aborted: aborted() }
}

async function readLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): Promise<void> {
  if (stream === null) return
  const splitter = createLineSplitter(onLine)
  return new Promise((resolve) => {
    stream.on('data', (chunk: Uint8Array) => splitter.push(chunk))
    // A killed process leaves its pipe in an error state; what it had printed has been handed on by then.
    for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve(splitter.end()))
  })
}

async function checkUsable(options: BubblewrapOptions): Promise<void> {
  if (!(await isOnPath(PROGRAM, options.path))) throw missing()
  const namespace = options.root ? [] : ['--unshare-user', '--uid', '1000', '--gid', '1000']
  const probe = await execa(
    PROGRAM,
    ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', ...namespace, 'true'],
    { env: { PATH: options.path, LANG: 'C' }, extendEnv: false, reject: false },
  )
  if (probe.exitCode === 0) return
  throw new SandboxError('RUNNER_UNUSABLE', 'bubblewrap cannot start a guest on this machine', {
    notes: probe.stderr === '' ? [] : [probe.stderr],
    hint: NAMESPACE_HINT,
  })
}

function missing(): SandboxError {
  return new SandboxError('RUNNER_MISSING', `steps run in bubblewrap, but ${PROGRAM} was not found on PATH`, {
    hint: INSTALL_HINT,
  })
}

async function isOnPath(program: string, path: string): Promise<boolean> {
  for (const directory of path.split(delimiter)) {
    const found = await access(join(directory, program), constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return true
  }
  return false
}
