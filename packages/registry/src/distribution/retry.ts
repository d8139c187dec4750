import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from './transport.ts'

export interface RetryOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds before the second and third try. */
  readonly pauses?: readonly number[] | undefined
}

const PAUSES: readonly number[] = [1000, 3000]
const TEMPORARY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** Repeats an exchange that failed to connect or met a temporary status, three tries in all. */
export async function withRetries(attempt: () => Promise<Answer>, options: RetryOptions): Promise<Answer> {
  const { signal, pauses = PAUSES } = options
  for (const pause of pauses) {
    const answer = await attemptOnce(attempt, signal)
    if (answer !== undefined) return answer
    await sleep(pause, undefined, signal === undefined ? {} : { signal })
  }
  return attempt()
}

async function attemptOnce(attempt: () => Promise<Answer>, signal: AbortSignal | undefined) {
  try {
    const answer = await attempt()
    return TEMPORARY.has(answer.status) ? undefined : answer
  } catch (error) {
    if (signal?.aborted === true || !isConnectionError(error)) throw error
    return undefined
  }
}

/** True for failures of the network rather than of what was sent. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && typeof error.code === 'string') || isConnectionError(error.cause)
}
