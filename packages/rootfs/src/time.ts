import type { Instant } from '@apkts/encoding'

/** Seconds since 1970, half a second rounded up, as tar headers carry them. */
export function roundedSeconds({ seconds, nanos }: Instant): number {
  return nanos >= 500_000_000 ? seconds + 1 : seconds
}

/** Milliseconds since 1970, fraction cut off. */
export function milliseconds({ seconds, nanos }: Instant): bigint {
  return BigInt(seconds) * 1000n + BigInt(Math.floor(nanos / 1_000_000))
}
