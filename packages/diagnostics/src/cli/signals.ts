import type { StatusSpec } from './spec.ts'

/** Exit status of anything wrong that has no status of its own, as the original programs have it. */
export const EXIT_FAILURE = 1

/** How every command ends that does not say otherwise. */
export const STATUSES: readonly StatusSpec[] = [
  [0, 'fine'],
  [1, 'anything wrong: input, network, a failing step, wrong use of the command line'],
  [130, 'interrupted (SIGINT), after cleaning up'],
  [143, 'terminated (SIGTERM), after cleaning up'],
]

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const
type WatchedSignal = keyof typeof SIGNAL_NUMBERS

export interface SignalWatch {
  readonly signal: AbortSignal
  /** 130 or 143 after an interruption, else undefined. */
  exitStatus(): number | undefined
  stop(): void
}

/** Turns the first SIGINT or SIGTERM into an abort, so that commands can clean up; the second one ends the process. */
export function watchSignals(): SignalWatch {
  const controller = new AbortController()
  let received: WatchedSignal | undefined
  const listeners = (Object.keys(SIGNAL_NUMBERS) as WatchedSignal[]).map((name) => {
    const listener = (): void => {
      if (received !== undefined) process.exit(128 + SIGNAL_NUMBERS[name])
      received = name
      process.stderr.write('\ninterrupted, cleaning up (once more to stop at once)\n')
      controller.abort(new Error(`interrupted by ${name}`))
    }
    process.on(name, listener)
    return { name, listener }
  })
  return {
    signal: controller.signal,
    exitStatus: () => (received === undefined ? undefined : 128 + SIGNAL_NUMBERS[received]),
    stop: () => {
      for (const { name, listener } of listeners) process.off(name, listener)
    },
  }
}
