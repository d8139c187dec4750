import { tmpdir } from 'node:os'
import { SandboxError } from '../error.ts'
import { findProgram } from '../find-program.ts'
import { createLineSplitter } from '../lines.ts'
import type { Exit, Guest, Runner, Usability } from '../types.ts'
import { kvmProblem } from './accelerator.ts'
import type { MachineArch } from './arguments.ts'
import { commandScript } from './command-script.ts'
import { findHostTools, type HostTools } from './host-tools.ts'
import { findKernel, type GuestKernel } from './kernel.ts'
import type { Machine } from './machine.ts'
import { guestNetwork } from './network.ts'
import { inMachine, startGuestMachine } from './start-machine.ts'

const ARCHS: Readonly<Record<string, { readonly machine: MachineArch; readonly platform: string }>> = {
  x64: { machine: 'x86_64', platform: 'linux/amd64' },
  arm64: { machine: 'aarch64', platform: 'linux/arm64' },
}
const DEBIAN_PACKAGES = { x86_64: 'qemu-system-x86', aarch64: 'qemu-system-arm' } as const
/** Of melange, for an initial file system that this program makes itself, and for another way of sharing. */
const WITHOUT_EFFECT = ['QEMU_BASE_INITRAMFS', 'QEMU_ADDITIONAL_PACKAGES', 'QEMU_USE_VIRTIOFS', 'QEMU_VIRTIOFS_PATH']

/** Where machines run, and for whom. */
export interface QemuOptions {
  /** Environment of the host, with the variables `QEMU_*`. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly caller: { readonly uid: number; readonly gid: number }
  /** Node's name of this machine's architecture. */
  readonly host: string
}

/** What this machine has for guests. */
export interface QemuParts {
  readonly arch: MachineArch
  readonly platform: string
  readonly program: string
  readonly tools: HostTools
  readonly kernel: GuestKernel
  /** Why KVM cannot be used; undefined when it can. */
  readonly slow: string | undefined
}

/** Runs guests in machines of QEMU: a kernel of their own, with KVM where it works, else emulated. */
export function createQemuRunner(options: QemuOptions): Runner {
  const machines = new Map<string, Promise<Machine>>()
  let found: Promise<QemuParts> | undefined
  const parts = (): Promise<QemuParts> => (found ??= findParts(options))
  const machineOf = (guest: Guest): Promise<Machine> => {
    const known = machines.get(guest.root)
    if (known !== undefined) return known
    const started = parts().then((have) => startGuestMachine(guest, have, options))
    machines.set(guest.root, started)
    return started
  }
  return {
    name: 'qemu',
    rootOnDisk: false,
    checkUsable: async () => usability(await parts(), options),
    run: (guest, command) => runIn(() => machineOf(guest), guest, command, options),
    async attach(guest, command) {
      const { stdin, stdout } = process
      const size = { rows: stdout.rows ?? 24, columns: stdout.columns ?? 80 }
      const script = commandScript(inMachine(guest), command, { caller: options.caller, interactive: true, size })
      const machine = await machineOf(guest)
      if (stdin.isTTY) stdin.setRawMode(true)
      try {
        return exitOf(await machine.attach(script, stdin, stdout))
      } finally {
        if (stdin.isTTY) stdin.setRawMode(false)
      }
    },
    async stop(guest) {
      const machine = machines.get(guest.root)
      machines.delete(guest.root)
      await (await machine?.catch(() => undefined))?.stop()
    },
  }
}

type RunCommand = Parameters<Runner['run']>[1]

async function runIn(
  machineOf: () => Promise<Machine>,
  guest: Guest,
  command: RunCommand,
  { caller }: QemuOptions,
): Promise<Exit> {
  const { signal, onLine = () => {} } = command
  const aborted = (): boolean => signal?.aborted === true
  const killed: Exit = { exitCode: undefined, signal: 'SIGKILL', aborted: true }
  if (aborted()) return killed
  const script = commandScript(inMachine(guest), command, { caller })
  const lines = {
    stdout: createLineSplitter((line) => onLine(line, 'stdout')),
    stderr: createLineSplitter((line) => onLine(line, 'stderr')),
  }
  const machine = await machineOf()
  const kill = (): void => machine.kill()
  signal?.addEventListener('abort', kill, { once: true })
  try {
    if (aborted()) kill()
    return exitOf(await machine.run(script, (bytes, stream) => lines[stream].push(bytes)))
  } catch (error) {
    if (aborted()) return killed
    throw error
  } finally {
    signal?.removeEventListener('abort', kill)
    lines.stdout.end()
    lines.stderr.end()
  }
}

function exitOf(exitCode: number): Exit {
  return { exitCode, signal: undefined, aborted: false }
}

async function findParts({ env, host }: QemuOptions): Promise<QemuParts> {
  const arch = ARCHS[host]
  if (arch === undefined) {
    throw new SandboxError('RUNNER_UNUSABLE', `guests of qemu run on x86_64 and aarch64, and this machine is ${host}`)
  }
  guestNetwork(env)
  const path = env.PATH ?? ''
  const [program, tools, kernel] = await allOf([
    async () => findQemu(arch.machine, path),
    () => findHostTools(path),
    () => findKernel({ env }),
  ])
  const slow = await kvmProblem({ program, arch: arch.machine, temporary: tmpdir() })
  return { arch: arch.machine, platform: arch.platform, program, tools, kernel, slow }
}

/** The program that runs machines of an architecture. @throws SandboxError `RUNNER_MISSING` */
function findQemu(arch: MachineArch, path: string): string {
  const name = `qemu-system-${arch}`
  const program = findProgram(name, path)
  if (program !== undefined) return program
  throw new SandboxError('RUNNER_MISSING', `steps are to run in qemu, but ${name} was not found on PATH`, {
    hint: `install ${name}: apt-get install ${DEBIAN_PACKAGES[arch]} (Debian, Ubuntu), dnf install ${name} (Fedora)`,
  })
}

type Looks<T extends readonly unknown[]> = { readonly [K in keyof T]: () => Promise<T[K]> }

/** What several looks find. @throws SandboxError that tells all that is missing, when something is. */
async function allOf<T extends readonly [unknown, ...unknown[]]>(looks: Looks<T>): Promise<T> {
  const results = await Promise.allSettled(looks.map((look) => look()))
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const other = reasons.find((reason) => !(reason instanceof SandboxError))
  if (other !== undefined) throw other
  const [first, ...further] = reasons as SandboxError[]
  if (first === undefined)
    return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T
  if (further.length === 0) throw first
  throw new SandboxError(first.code, [first, ...further].map(({ message }) => message).join('; '), {
    notes: [first, ...further].flatMap(({ notes }) => notes),
    hint: [first, ...further].flatMap(({ hint }) => hint ?? []).join('; '),
  })
}

function usability({ kernel, slow }: QemuParts, { env }: QemuOptions): Usability {
  const unused = WITHOUT_EFFECT.filter((name) => (env[name] ?? '') !== '')
  return {
    detail: `Linux ${kernel.version} from ${kernel.image}${slow === undefined ? ', with KVM' : ''}`,
    slow: slow === undefined ? undefined : `guests are emulated, many times slower than with KVM: ${slow}`,
    warnings: unused.map(
      (name) => `${name} has no effect: the initial file system is made from programs of this machine`,
    ),
  }
}
