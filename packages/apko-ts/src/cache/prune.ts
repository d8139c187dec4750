import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { temporaryName } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import type { CacheEntry } from './entries.ts'

const DAY = 24 * 3600 * 1000

/** How small the cache is made, and by which clock. */
export interface PruneOptions {
  /** Bytes that may stay. */
  readonly maxSize: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Something that can be removed to make room. */
export interface Prunable {
  /** `incomplete` for what was never finished. */
  readonly kind: string
  /** Bytes on disk. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly usedAt: number
}

/**
 * The entries to remove so that at most `maxSize` bytes stay: what was never completed and is older than a day, then
 * what was not used for longest.
 */
export function planPrune<E extends Prunable>(entries: readonly E[], { maxSize, now }: PruneOptions): E[] {
  const isAbandoned = ({ kind, usedAt }: E) => kind === 'incomplete' && now - usedAt > DAY
  const removed = entries.filter(isAbandoned)
  const rest = entries.filter((entry) => entry.kind !== 'incomplete').sort((a, b) => a.usedAt - b.usedAt)
  let size = entries.reduce((sum, entry) => sum + (isAbandoned(entry) ? 0 : entry.size), 0)
  for (const entry of rest) {
    if (size <= maxSize) break
    removed.push(entry)
    size -= entry.size
  }
  return removed
}

/** Removes an entry: its names vanish at once, so that nobody finds half of it. */
export async function removeEntry({ paths }: CacheEntry): Promise<void> {
  for (const path of paths) {
    const hidden = join(dirname(path), temporaryName('.removed-'))
    try {
      await rename(path, hidden)
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) continue
      throw error
    }
    await rm(hidden, { recursive: true, force: true })
  }
}
