import { KeyringError } from './error.ts'

/** Which keys count, besides being known. */
export interface KeyPolicy {
  /** Bits of the modulus; default 2048. Below that, keys can be factored in reach of large budgets. */
  readonly minimumBits?: number
  /** When keys cease to count, by name; seconds since 1970. */
  readonly expires?: ReadonlyMap<string, number>
  /** Seconds since 1970; without it no key expires. */
  readonly now?: number
}

const MINIMUM_BITS = 2048

/** Refuses keys of too few bits. @throws KeyringError `KEY_TOO_SMALL`. */
export function checkSize(bits: number, name: string, { minimumBits = MINIMUM_BITS }: KeyPolicy = {}): void {
  if (bits >= minimumBits) return
  throw new KeyringError('KEY_TOO_SMALL', `${name} has ${bits} bits, at least ${minimumBits} are needed`, {
    at: { file: name },
    hint: 'Make a new key with: melange-ts keygen',
  })
}

/** Since when a key does not count any more, as a date; undefined while it does. */
export function expiredSince(name: string, { expires, now }: KeyPolicy = {}): string | undefined {
  const end = expires?.get(name)
  if (end === undefined || now === undefined || now < end) return undefined
  return new Date(end * 1000).toISOString().slice(0, 10)
}
