import { setTimeout as delay } from 'node:timers/promises'
import { DiagnosticError, messageOf } from '@apkts/diagnostics'
import type { HttpResponse, Waiting } from './types.ts'

/** How often an exchange is tried before it counts as failed. */
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

/** What an attempt led to: an answer of any status, or a failure. */
export interface Outcome {
  readonly response?: Answered
  readonly error?: unknown
}

/** What must be known of an answer to repeat its request. */
type Answered = Pick<HttpResponse, 'status' | 'header' | 'discard'>

export interface RetryOptions {
  /** How often at most; default five times. */
  readonly attempts?: number | undefined
  readonly waiting: Waiting
  readonly signal?: AbortSignal | undefined
  /** Told before each pause, in milliseconds. */
  readonly onRetry: (outcome: Outcome, pause: number, attempt: number) => void
}

/**
 * Repeats an exchange while that may help, waiting longer each time or as long as the server asks for. Returns the last
 * answer, whatever its status, or throws the last failure.
 */
export async function withRetries<R extends Answered>(
  attempt: () => Promise<R>,
  { attempts = ATTEMPTS, waiting, signal, onRetry }: RetryOptions,
): Promise<R> {
  for (let made = 1; ; made++) {
    const outcome: { response?: R; error?: unknown } = await outcomeOf(attempt)
    if (made >= attempts || signal?.aborted === true || !mayChange(outcome)) return settle(outcome)
    await outcome.response?.discard()
    const pause = pauseBefore(made, outcome.response, waiting)
    onRetry(outcome, pause, made + 1)
    await waiting.sleep(pause, signal)
  }
}

async function outcomeOf<R>(attempt: () => Promise<R>): Promise<{ response?: R; error?: unknown }> {
  try {
    return { response: await attempt() }
  } catch (error) {
    return { error }
  }
}

function mayChange({ response, error }: Outcome): boolean {
  if (response !== undefined) return isRetryableStatus(response.status)
  return !(error instanceof DiagnosticError) && codeOf(error) !== undefined && !isPermanentFailure(error)
}

function settle<R>({ response, error }: { readonly response?: R; readonly error?: unknown }): R {
  if (response !== undefined) return response
  throw error
}

/** One phrase about an attempt that led to nothing, for messages. */
export function describeOutcome({ response, error }: Outcome): string {
  if (response !== undefined) return `status ${response.status}`
  const code = codeOf(error)
  const message = messageOf(error)
  return code === undefined || message.includes(code) ? message : `${message} (${code})`
}

/** True for statuses that may be different on the next attempt. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501)
}

/** Errors of the connection that will not go away by themselves: wrong names and certificates, malformed requests. */
export function isPermanentFailure(error: unknown): boolean {
  const code = codeOf(error)
  return code !== undefined && (PERMANENT.has(code) || code.startsWith('ERR_INVALID') || isCertificateFailure(error))
}

/** True when the server's certificate is not trusted, or is for another name. */
export function isCertificateFailure(error: unknown): boolean {
  const code = codeOf(error)
  return code !== undefined && (CERTIFICATE.has(code) || code.startsWith('ERR_TLS_CERT'))
}

const PERMANENT: ReadonlySet<string> = new Set(['ENOTFOUND'])

const CERTIFICATE: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** The code of a system or HTTP client error, or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}

/** Milliseconds before the next attempt, `failed` attempts having been made: the server's wish, else back-off with jitter. */
export function pauseBefore(
  failed: number,
  response: Pick<Answered, 'status' | 'header'> | undefined,
  waiting: Waiting,
): number {
  const wish = response === undefined ? undefined : retryAfter(response, waiting)
  if (wish !== undefined) return Math.min(wish, LONGEST_RETRY_AFTER)
  const pause = Math.min(FIRST_PAUSE * 2 ** (failed - 1), LONGEST_PAUSE)
  return Math.round(pause * (1 - waiting.random() / 4))
}

function retryAfter(response: Pick<Answered, 'status' | 'header'>, waiting: Waiting): number | undefined {
  const value = response.header('retry-after')
  if (value === undefined || (response.status !== 429 && response.status !== 503)) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - waiting.now())
}
