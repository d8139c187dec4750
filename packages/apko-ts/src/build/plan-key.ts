import { checksumText } from '@apkts/apk'
import { sha256Hex } from '@apkts/encoding'
import { type Compression, compressorName } from '@apkts/oci'
import type { FetchablePackage } from '@apkts/repository'
import type { BuildDates } from '../image/dates.ts'
import type { ArchPlan } from './arch-plan.ts'

/** What an image is made by. */
export interface Maker {
  /** Identifies the code. */
  readonly program: string
  readonly compression: Compression | undefined
}

/**
 * Identifies the image that a plan gives, before any package is read: everything that `composeRootfs` gets, packages by
 * the checksum that the signed index states, and the program itself. Undefined when a package has no checksum.
 */
export function planKey(plan: ArchPlan, dates: BuildDates, { program, compression }: Maker): string | undefined {
  const packages = plan.packages.map(identityOf)
  if (packages.includes(undefined)) return undefined
  const inputs = { format: 'image-v1', program, compressor: compressorName(compression), ...plan, packages, dates }
  return sha256Hex(JSON.stringify(inputs, plain))
}

function identityOf(item: FetchablePackage): string | undefined {
  const { name, version, checksum } = 'record' in item ? item.record : item
  if (checksum === undefined) return undefined
  return `${name} ${version} ${typeof checksum === 'string' ? checksum : checksumText(checksum)}`
}

function plain(_: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value
}
