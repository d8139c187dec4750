import { type Log, silentLog } from '@apkts/diagnostics'
import type { Waiting } from '../../src/index.ts'

/** Waits no time and remembers how long it would have been, in milliseconds. */
export function recordedWaiting(): Waiting & { readonly pauses: number[] } {
  const pauses: number[] = []
  return {
    pauses,
    async sleep(milliseconds) {
      pauses.push(milliseconds)
    },
    random: () => 0,
    now: () => Date.UTC(2026, 0, 1),
  }
}

export interface RecordedLog extends Log {
  readonly warnings: string[]
}

export function recordedLog(): RecordedLog {
  const warnings: string[] = []
  return { ...silentLog, warnings, warn: (message) => warnings.push(message) }
}
