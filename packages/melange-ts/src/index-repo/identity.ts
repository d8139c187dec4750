import { type BigIntStats, statSync } from 'node:fs'
import { isSystemError } from '@apkts/diagnostics'

/** Shortest time since the last change after which the next one has another time. */
const SETTLED = 50_000_000n

/**
 * Changes whenever the file does; undefined for a file that is not there or too young: its next change could fall into the
 * same tick of the file system's clock. Synchronous: thousands of calls to the thread pool would cost more than they wait.
 */
export function identityOf(path: string): string | undefined {
  try {
    return identityOfFacts(statSync(path, { bigint: true }))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined // reading it says so
    throw error
  }
}

/** The same of what is known of a file just now. */
export function identityOfFacts({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): string | undefined {
  const age = BigInt(Date.now()) * 1_000_000n - ctimeNs
  return age < SETTLED ? undefined : `${size}:${mtimeNs}:${ctimeNs}:${ino}:${dev}`
}
