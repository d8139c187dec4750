import { SandboxError } from '../error.ts'
import type { GuestResources } from '../types.ts'

const MIB = 2n ** 20n
const GIB = 2n ** 30n
const UNITS: Readonly<Record<string, bigint>> = {
  '': 1n,
  B: 1n,
  K: 2n ** 10n,
  M: MIB,
  G: GIB,
  T: 2n ** 40n,
}
const DEFAULT_DISK = 50n * GIB
const DEFAULT_MEMORY = 4n * GIB
const DEFAULT_PROCESSORS = 2

export interface HostResources {
  readonly processors: number
  /** Bytes that programs can have. */
  readonly memory: bigint
}

/** What a machine gets. */
export interface MachineResources {
  readonly processors: number
  /** MiB. */
  readonly memory: number
  /** Bytes; they are taken as they are written. */
  readonly disk: bigint
  /** Empty for the best there is. */
  readonly processorModel: string
}

/**
 * What a machine gets of what a recipe asks for: no more processors than there are, no more than 85 % of the free memory.
 * Not asked, 2 processors, 4 GiB and a disk of 50 GiB.
 * @throws SandboxError `RESOURCE_INVALID`
 */
export function machineResources(asked: GuestResources | undefined, host: HostResources): MachineResources {
  const { cpu = '', memory = '', disk = '', cpuModel = '' } = asked ?? {}
  const most = (host.memory * 85n) / 100n
  const wanted = memory === '' ? DEFAULT_MEMORY : parseSize('memory', memory)
  const processors = cpu === '' ? DEFAULT_PROCESSORS : parseCount(cpu)
  return {
    processors: Math.max(1, Math.min(processors, host.processors)),
    memory: Number((wanted < most ? wanted : most) / MIB),
    disk: disk === '' ? DEFAULT_DISK : parseSize('disk', disk),
    processorModel: cpuModel,
  }
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw invalid('cpu', text, 'a whole number such as 4')
}

/** Bytes of a size such as `8Gi`: a whole number and K, M, G or T, in powers of 1024 with and without `i`. */
export function parseSize(name: string, text: string): bigint {
  const [, number, unit = ''] = /^([1-9]\d{0,14})(B|[KMGTkmgt]?i?B?)$/.exec(text) ?? []
  const factor = UNITS[unit === 'B' ? 'B' : unit.replace(/i?B?$/, '').toUpperCase()]
  if (number === undefined || factor === undefined || unit === 'i') {
    throw invalid(name, text, 'a whole number and a unit, such as 8Gi')
  }
  return BigInt(number) * factor
}

function invalid(name: string, text: string, wanted: string): SandboxError {
  return new SandboxError('RESOURCE_INVALID', `resources.${name} is ${JSON.stringify(text)}, wanted is ${wanted}`)
}
