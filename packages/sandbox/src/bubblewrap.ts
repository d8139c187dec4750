import { execa } from 'execa'
import { type BubblewrapContext, bubblewrapArguments } from './bubblewrap-arguments.ts'
import { SandboxError } from './error.ts'
import { findProgram } from './find-program.ts'
import { strayMountPoint } from './mount-points.ts'
import { start, type Wiring } from './start.ts'
import type { Command, Exit, Guest, Runner, Usability } from './types.ts'

const PROGRAM = 'bwrap'
/** Exit status for a guest that nothing can be mounted in. */
const REFUSED = 125
const INSTALL_HINT =
  'install bubblewrap: apt-get install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora), apk add bubblewrap (Alpine, Wolfi)'
const NAMESPACE_HINT =
  'allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), or run as root; start a container that it runs in with --security-opt seccomp=unconfined --security-opt apparmor=unconfined, or with --privileged'
const PROC_HINT =
  'parts of /proc are hidden here, so no other can be mounted: start the container with --security-opt systempaths=unconfined (docker) or --security-opt unmask=ALL (podman), or with --privileged'
const CAPABILITIES_HINT =
  'the caller has capabilities without being root, which bubblewrap refuses: start the container without ambient capabilities, or as root'

/** Who starts bubblewrap, and where it is looked for. */
export interface BubblewrapOptions {
  /** Search path of the host. */
  readonly path: string
  /** True when the caller is uid 0. */
  readonly root: boolean
}

/** Runs guests with bubblewrap: namespaces of the kernel, no daemon, no image. */
export function createBubblewrapRunner(options: BubblewrapOptions): Runner {
  const env = { PATH: options.path }
  return {
    name: 'bubblewrap',
    rootOnDisk: true,
    checkUsable: () => checkUsable(options),
    run: async (guest, { argv, environment, secrets = [], onLine, signal }) =>
      (await refusal(guest, onLine)) ??
      startFound(commandLine(guest, argv, { root: options.root, environment, secrets }), {
        env,
        files: secrets.map(({ bytes }) => bytes),
        onLine: onLine ?? (() => {}),
        signal,
      }),
    attach: async (guest, { argv, environment, secrets = [] }) =>
      (await refusal(guest)) ??
      startFound(commandLine(guest, argv, { root: options.root, environment, secrets, interactive: true }), {
        env,
        files: secrets.map(({ bytes }) => bytes),
        attached: true,
      }),
    // A command's namespaces end with it.
    stop: async () => {},
  }
}

function commandLine(guest: Guest, argv: readonly string[], context: BubblewrapContext): string[] {
  return [...(guest.enter ?? []), PROGRAM, ...bubblewrapArguments(guest, argv, context)]
}

/** How a command ends that would be shown something outside of the guest; undefined when there is no such thing. */
async function refusal(guest: Guest, onLine?: Command['onLine']): Promise<Exit | undefined> {
  const target = await strayMountPoint(guest)
  if (target === undefined) return undefined
  onLine?.(`the guest's ${target} leads out of it: nothing is mounted there`, 'stderr')
  return { exitCode: REFUSED, signal: undefined, aborted: false }
}

// Killing bwrap is enough: the guest's first process dies with it (--die-with-parent), and its process namespace with that.
async function startFound(command: readonly string[], wiring: Wiring): Promise<Exit> {
  const exit = await start(command, wiring)
  if (exit === undefined) throw missing()
  return exit
}

async function checkUsable(options: BubblewrapOptions): Promise<Usability> {
  if (findProgram(PROGRAM, options.path) === undefined) throw missing()
  const namespace = options.root ? [] : ['--unshare-user', '--uid', '1000', '--gid', '1000']
  const probe = await execa(
    PROGRAM,
    // The only program that is surely there.
    ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', ...namespace, PROGRAM, '--version'],
    { env: { PATH: options.path, LANG: 'C' }, extendEnv: false, reject: false },
  )
  if (probe.exitCode === 0) return {}
  throw new SandboxError('RUNNER_UNUSABLE', 'bubblewrap cannot start a guest on this machine', {
    notes: probe.stderr === '' ? [] : [probe.stderr],
    hint: hintFor(probe.stderr),
  })
}

function hintFor(complaint: string): string {
  if (complaint.includes("Can't mount proc")) return PROC_HINT
  return complaint.includes('Unexpected capabilities') ? CAPABILITIES_HINT : NAMESPACE_HINT
}

function missing(): SandboxError {
  return new SandboxError('RUNNER_MISSING', `steps run in bubblewrap, but ${PROGRAM} was not found on PATH`, {
    hint: INSTALL_HINT,
  })
}
