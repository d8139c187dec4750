import { formatGoDuration } from '@apkts/encoding'
import { BuildError } from './error.ts'

const NANOS_PER_MILLISECOND = 1_000_000n
/** Longest delay of a timer, about 24 days; longer timeouts are as good as none. */
const MAX_DELAY = 2 ** 31 - 1

/** When running steps must end: interrupted from outside, or out of time. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Why the signal was aborted. */
  readonly interruption: (notes?: readonly string[]) => BuildError
  /** Throws the interruption when there was one. */
  check(): void
  stop(): void
}

/** Starts the clock of a build; `timeout` is in nanoseconds, 0 for none. */
export function startDeadline(outer: AbortSignal, timeout: bigint): Deadline {
  const delay = Number(timeout / NANOS_PER_MILLISECOND)
  const controller = new AbortController()
  const timer = timeout > 0n && delay <= MAX_DELAY ? setTimeout(() => controller.abort(), delay) : undefined
  const interruption = (notes: readonly string[] = []): BuildError =>
    controller.signal.aborted
      ? new BuildError('TIMEOUT', `the build exceeded its timeout of ${formatGoDuration(timeout)}`, {
          notes,
          hint: 'raise package.timeout in the recipe, or pass --timeout',
        })
      : new BuildError('INTERRUPTED', 'the build was interrupted', { notes })
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    interruption,
    check: () => {
      if (outer.aborted || controller.signal.aborted) throw interruption()
    },
    stop: () => clearTimeout(timer),
  }
}

/** What to report for a failure: the interruption when that is what caused it. */
export function causeOfEnd(error: unknown, deadline: Deadline): unknown {
  return deadline.signal.aborted && !(error instanceof BuildError) ? deadline.interruption() : error
}
