import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import type { MachineArch } from './arguments.ts'
import { GIVEN_FILE, runWithFile } from './run-with-file.ts'
import { unnamedFile } from './unnamed-file.ts'

/** Time in which a processor does two instructions. */
const PROBE_MS = 5000
const ROM_SIZE = 1 << 16
/** Where a processor of x86 begins, from the end of the memory that it sees. */
const RESET_VECTOR = 16
/** mov al,16; out 0xf4,al; hlt */
const PROGRAM = [0xb0, 0x10, 0xe6, 0xf4, 0xf4]
/** What the device at that port makes of the value. */
const ANSWER = (16 << 1) | 1

export interface AcceleratorProbe {
  /** `qemu-system-*`; absent to look at the device alone. */
  readonly program?: string | undefined
  readonly arch: MachineArch
  readonly temporary: string
  /** Root of the files that tell about the kernel. */
  readonly root?: string
}

/** Why guests cannot use KVM here; undefined when they can: where possible, a processor was started to see. */
export async function kvmProblem(probe: AcceleratorProbe): Promise<string | undefined> {
  const device = join(probe.root ?? '/', 'dev/kvm')
  try {
    await access(device, constants.R_OK | constants.W_OK)
  } catch (error) {
    if (!isSystemError(error)) throw error
    return error.code === 'ENOENT' ? `there is no ${device}` : `${device} cannot be opened by this user`
  }
  const { program, arch, temporary } = probe
  if (program === undefined || arch !== 'x86_64') return undefined
  const answers = await processorAnswers({ program, temporary }, ['-accel', 'kvm', '-cpu', 'host'])
  return answers ? undefined : `${device} is there, but a processor started with it does nothing`
}

/** Starts a machine that has a processor and a program of three instructions. */
export async function processorAnswers(
  { program, temporary }: { readonly program: string; readonly temporary: string },
  accelerator: readonly string[],
): Promise<boolean> {
  const rom = new Uint8Array(ROM_SIZE)
  rom.set(PROGRAM, ROM_SIZE - RESET_VECTOR)
  const file = await unnamedFile(temporary, [rom])
  try {
    const device = ['-bios', GIVEN_FILE, '-device', 'isa-debug-exit,iobase=0xf4,iosize=4']
    const machine = ['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'pc', '-m', '16']
    const { exitCode } = await runWithFile(program, [...machine, ...accelerator, ...device], file, PROBE_MS)
    return exitCode === ANSWER
  } finally {
    await file.close()
  }
}
