import { readFile } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'
import { SandboxError } from './error.ts'

/** Names of Node's `process.arch` and of QEMU's binfmt_misc entry, by apk architecture. */
const MACHINES: Readonly<Record<string, { readonly node: readonly string[]; readonly qemu: string }>> = {
  x86_64: { node: ['x64'], qemu: 'qemu-x86_64' },
  x86: { node: ['ia32', 'x64'], qemu: 'qemu-i386' },
  aarch64: { node: ['arm64'], qemu: 'qemu-aarch64' },
  armhf: { node: ['arm', 'arm64'], qemu: 'qemu-arm' },
  armv7: { node: ['arm', 'arm64'], qemu: 'qemu-arm' },
  ppc64le: { node: ['ppc64'], qemu: 'qemu-ppc64le' },
  s390x: { node: ['s390x'], qemu: 'qemu-s390x' },
  riscv64: { node: ['riscv64'], qemu: 'qemu-riscv64' },
  loongarch64: { node: ['loong64'], qemu: 'qemu-loongarch64' },
}

/** The machine that programs of another architecture would run on. */
export interface EmulationOptions {
  /** Node's name of this machine's architecture. */
  readonly host: string
  /** Directory where the kernel lists foreign formats. */
  readonly binfmt?: string
}

/**
 * How programs of an apk architecture run on this machine: natively, or through an emulator registered with the kernel
 * (binfmt_misc), which it must have opened beforehand (flag F), as guests do not contain it. Architectures nobody knows are
 * let through.
 * @throws SandboxError `EMULATION_MISSING`
 */
export async function checkEmulation(arch: string, options: EmulationOptions): Promise<string> {
  const machine = MACHINES[arch]
  if (machine === undefined) return 'unknown to this program'
  if (machine.node.includes(options.host)) return 'natively'
  const entry = `${options.binfmt ?? '/proc/sys/fs/binfmt_misc'}/${machine.qemu}`
  const problem = entryProblem(await readEntry(entry), entry)
  if (problem === undefined) return `emulated by ${machine.qemu}, many times slower`
  throw new SandboxError('EMULATION_MISSING', `this machine cannot run programs for ${arch}`, {
    notes: [problem],
    hint: `register an emulator with the kernel (apt-get install qemu-user-static binfmt-support), or build with --arch host`,
  })
}

async function readEntry(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

function entryProblem(text: string | undefined, path: string): string | undefined {
  if (text === undefined) return `there is no ${path}`
  if (!/^enabled$/m.test(text)) return `${path} is disabled`
  const flags = /^flags: (.*)$/m.exec(text)?.[1] ?? ''
  return flags.includes('F') ? undefined : `${path} lacks the flag F, so guests do not find the emulator`
}
