const EM_X86_64 = 62
const EM_AARCH64 = 183

/** Machines that packages are built for. */
export const SUPPORTED_MACHINES: ReadonlySet<number> = new Set([EM_X86_64, EM_AARCH64])

const NAMES: ReadonlyMap<number, string> = new Map([
  [3, 'i386'],
  [8, 'mips'],
  [21, 'ppc64'],
  [22, 's390'],
  [40, 'arm'],
  [243, 'riscv'],
])

/** Symbolic constants of other machines that one may meet (System V ABI, e_machine). */
const CONSTANTS: ReadonlyMap<number, string> = new Map([
  [0, 'EM_NONE'],
  [2, 'EM_SPARC'],
  [4, 'EM_68K'],
  [15, 'EM_PARISC'],
  [18, 'EM_SPARC32PLUS'],
  [20, 'EM_PPC'],
  [42, 'EM_SH'],
  [43, 'EM_SPARCV9'],
  [50, 'EM_IA_64'],
  [83, 'EM_AVR'],
  [94, 'EM_XTENSA'],
  [105, 'EM_MSP430'],
  [190, 'EM_CUDA'],
  [224, 'EM_AMDGPU'],
  [247, 'EM_BPF'],
  [258, 'EM_LOONGARCH'],
])

/** Name of a machine as the `binaryarch` linter shows it. */
export function machineName(machine: number): string {
  return NAMES.get(machine) ?? `unknown (${CONSTANTS.get(machine) ?? machine})`
}
