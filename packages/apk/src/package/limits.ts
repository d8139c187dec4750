/** Limits of reading packages and indexes, in bytes; 0 or absent means the default, -1 unlimited. */
export interface ApkLimits {
  /** Inflated signature section and inflated control section, each. */
  readonly control?: number
  /** Data section: inflated when expanding, compressed when only splitting. */
  readonly data?: number
  /** Inflated index archive. */
  readonly index?: number
  /** Pax and GNU headers of a data section, together: what they say is kept. */
  readonly extensions?: number
  /** Entries of a data section: a number, not bytes. */
  readonly entries?: number
}

/** The limits that hold unless others are given, in bytes. */
export const DEFAULT_LIMITS = {
  control: 10_485_760,
  data: 17_179_869_184,
  index: 314_572_800,
  extensions: 134_217_728,
  entries: 1_000_000,
} as const satisfies Required<ApkLimits>

/** The limit to use: the default for 0 or absent, -1 for none. */
export function limitOf(limits: ApkLimits | undefined, which: keyof ApkLimits): number {
  const limit = limits?.[which] ?? 0
  return limit === 0 ? DEFAULT_LIMITS[which] : limit
}
