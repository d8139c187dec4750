import { formatBytes } from '@apkts/diagnostics/cli'
import type { Prunable } from './prune.ts'

/** A line of a listing: how large, last used when, of which kind, called what. */
export function cacheRow({ kind, size, usedAt }: Prunable, name: string): string {
  const date = new Date(usedAt).toISOString().slice(0, 10)
  return [formatBytes(size).padStart(9), date, kind.padEnd(10), name].join('  ')
}

/** Bytes of all entries together. */
export function sizeOf(entries: readonly Prunable[]): number {
  return entries.reduce((sum, { size }) => sum + size, 0)
}
