import { access } from 'node:fs/promises'
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

export interface EmulationOptions {
  /** Node's name of this machine's architecture. */
  readonly host: string
  /** Directory where the kernel lists foreign formats. */
  readonly binfmt?: string
}

/**
 * Throws when programs of an apk architecture cannot run on this machine, natively or through an emulator registered
 * with the kernel. Architectures nobody knows are let through.
 */
export async function checkEmulation(arch: string, options: EmulationOptions): Promise<void> {
  const machine = MACHINES[arch]
  if (machine === undefined || machine.node.includes(options.host)) return
  const registered = await access(`${options.binfmt ?? '/proc/sys/fs/binfmt_misc'}/${machine.qemu}`).then(
    () => true,
    () => false,
  )
  if (registered) return
  throw new SandboxError('EMULATION_MISSING', `this machine cannot run programs for ${arch}`, {
    hint: `register an emulator with the kernel (apt-get install qemu-user-static binfmt-support), or build with --arch host`,
  })
}
