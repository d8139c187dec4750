import { access, constants, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openTemporaryDirectory, type TemporaryDirectory } from '@apkts/cache'
import { isSystemError, type Log, messageOf } from '@apkts/diagnostics'

/** The directory everything is cached in; made on first use. */
export interface CacheRoot {
  path(): Promise<string>
  /** For incomplete files, on the same file system. */
  temporaryDir(): Promise<string>
  /** False when what is stored does not outlive this process. */
  isPersistent(): Promise<boolean>
  close(): Promise<void>
}

/** The given directory, or a private temporary one when none is given or it cannot be written. */
export function openCacheRoot(cacheDir: string | undefined, log: Log): CacheRoot {
  let opened: Promise<{ path: string; temporary?: TemporaryDirectory }> | undefined
  const open = () => {
    opened ??= openRoot(cacheDir, log)
    return opened
  }
  return {
    path: async () => (await open()).path,
    temporaryDir: async () => join((await open()).path, '.incomplete'),
    isPersistent: async () => (await open()).temporary === undefined,
    close: async () => (await opened)?.temporary?.close(),
  }
}

async function openRoot(
  cacheDir: string | undefined,
  log: Log,
): Promise<{ path: string; temporary?: TemporaryDirectory }> {
  if (cacheDir !== undefined) {
    const path = resolve(cacheDir)
    try {
      await mkdir(path, { recursive: true })
      await access(path, constants.W_OK)
      return { path }
    } catch (error) {
      if (!isSystemError(error)) throw error
      log.warn(`the cache directory cannot be used, continuing without: ${messageOf(error)}`)
    }
  }
  const temporary = await openTemporaryDirectory('apk-packages-')
  return { path: temporary.path, temporary }
}
