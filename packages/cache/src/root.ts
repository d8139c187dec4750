import { lstat, opendir, rm } from 'node:fs/promises'
import { dirname, join, parse, resolve } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { CacheError } from './error.ts'

/** The environment variables the default location depends on. */
export type CacheEnvironment = Readonly<Record<string, string | undefined>>

const NAME = 'dev.chainguard.go-apk'

/**
 * Where packages and indexes are cached when no directory is given: `dev.chainguard.go-apk` in the user's cache
 * directory, shared with apko. Undefined when the environment names no home.
 */
export function defaultCacheDir(
  env: CacheEnvironment,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const base = userCacheDir(env, platform)
  return base === undefined ? undefined : join(base, NAME)
}

function userCacheDir(env: CacheEnvironment, platform: NodeJS.Platform): string | undefined {
  const { HOME: home = '', XDG_CACHE_HOME: xdg = '', LocalAppData: local = '' } = env
  if (platform === 'win32') return local === '' ? undefined : local
  if (platform === 'darwin') return home === '' ? undefined : join(home, 'Library/Caches')
  if (xdg !== '') return xdg
  return home === '' ? undefined : join(home, '.cache')
}

/** Bytes of all regular files below a directory; 0 when there is none. Links are not followed. */
export async function directorySize(path: string): Promise<number> {
  let size = 0
  try {
    for await (const entry of await opendir(path)) {
      const child = join(path, entry.name)
      if (entry.isDirectory()) size += await directorySize(child)
      else if (entry.isFile()) size += await fileSize(child)
    }
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
  }
  return size
}

async function fileSize(path: string): Promise<number> {
  try {
    return (await lstat(path)).size
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 0
    throw error
  }
}

/**
 * Removes a cache directory with everything in it. Refuses a file system's root and the user's home.
 * @throws CacheError `CACHE_NOT_A_CACHE`.
 */
export async function removeCache(path: string, env: CacheEnvironment): Promise<void> {
  const full = resolve(path)
  const home = env.HOME === undefined || env.HOME === '' ? undefined : resolve(env.HOME)
  if (full === parse(full).root || full === home || (home !== undefined && dirname(home) === full)) {
    throw new CacheError('CACHE_NOT_A_CACHE', `${full} is not a cache directory`, {
      hint: 'Name the cache directory itself.',
    })
  }
  await rm(full, { recursive: true, force: true })
}
