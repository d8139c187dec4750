import { dirname, join } from 'node:path'
import { defaultCacheDir } from '@apkts/cache'

/** What builds keep: environments on disk, builds to go on from, logs, and scripts in normal form. */
export type StoreName = 'guests' | 'builds' | 'logs' | 'scripts'

/** Directory in the user's cache for what builds keep for later ones; undefined when there is no such cache. */
export function storeDirectory(env: Readonly<Record<string, string | undefined>>, name: StoreName): string | undefined {
  const cache = defaultCacheDir(env)
  return cache === undefined ? undefined : join(dirname(cache), 'melange-ts', name)
}

/** Directories of the user's cache that never belong to the sources of a build. */
export function cacheDirectories(env: Readonly<Record<string, string | undefined>>): string[] {
  const cache = defaultCacheDir(env)
  return cache === undefined ? [] : [cache, join(dirname(cache), 'melange-ts')]
}
