import { setTimeout as delay } from 'node:timers/promises'
import type { HttpResponse, Waiting } from './types.ts'

export const ATTEMPTS = 5
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 30_000
/** A server may ask for more patience than the back-off has, but not for ever. */
const LONGEST_RETRY_AFTER = 60_000

/** The waiting of real life. */
export const realWaiting: Waiting = {
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal === undefined ? {} : { signal }),
  random: () => Math.random(),
  now: () => Date.now(),
}

/** True for statuses that may be different on the next attempt. */
export function isRetryableStatus(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501)
}

/** Errors of the connection that will not go away by themselves: wrong names and certificates, malformed requests. */
export function isPermanentFailure(error: unknown): boolean {
  const code = codeOf(error)
  return (
    code !== undefined && (PERMANENT.has(code) || code.startsWith('ERR_TLS_CERT') || code.startsWith('ERR_INVALID'))
  )
}

const PERMANENT: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ENOTFOUND',
  'UND_ERR_INVALID_ARG',
])

/** The code of a system or HTTP client error, or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}

/** Milliseconds before the next attempt, `failed` attempts having been made: the server's wish, else back-off with jitter. */
export function pauseBefore(failed: number, response: HttpResponse | undefined, waiting: Waiting): number {
  const wish = response === undefined ? undefined : retryAfter(response, waiting)
  if (wish !== undefined) return Math.min(wish, LONGEST_RETRY_AFTER)
  const pause = Math.min(FIRST_PAUSE * 2 ** (failed - 1), LONGEST_PAUSE)
  return Math.round(pause * (1 - waiting.random() / 4))
}

function retryAfter(response: HttpResponse, waiting: Waiting): number | undefined {
  const value = response.header('retry-after')
  if (value === undefined || (response.status !== 429 && response.status !== 503)) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - waiting.now())
}
