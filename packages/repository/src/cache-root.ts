import { access, constants, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openTemporaryDirectory, type TemporaryDirectory } from '@apkts/cache'
import { isSystemError, type Log, messageOf } from '@apkts/diagnostics'

/** The directory everything is cached in; made on first use. */
export interface CacheRoot {
  /** Where things are written, and read from first. */
  path(): Promise<string>
  /** A directory that can only be read, if that is what was given. */
  readOnlyPath(): Promise<string | undefined>
  /** For incomplete files, on the same file system. */
  temporaryDir(): Promise<string>
  /** False when what is stored does not outlive this process. */
  isPersistent(): Promise<boolean>
  close(): Promise<void>
}

interface OpenRoot {
  readonly path: string
  readonly readOnly?: string
  readonly temporary?: TemporaryDirectory
}

/** The given directory, or a private temporary one beside it when none is given or it cannot be written. */
export function openCacheRoot(cacheDir: string | undefined, log: Log): CacheRoot {
  let opened: Promise<OpenRoot> | undefined
  const open = () => {
    opened ??= openRoot(cacheDir, log)
    return opened
  }
  return {
    path: async () => (await open()).path,
    readOnlyPath: async () => (await open()).readOnly,
    temporaryDir: async () => join((await open()).path, '.incomplete'),
    isPersistent: async () => (await open()).temporary === undefined,
    close: async () => (await opened)?.temporary?.close(),
  }
}

async function openRoot(cacheDir: string | undefined, log: Log): Promise<OpenRoot> {
  const path = cacheDir === undefined ? undefined : resolve(cacheDir)
  let readOnly: string | undefined
  if (path !== undefined) {
    try {
      await mkdir(path, { recursive: true })
      await access(path, constants.W_OK)
      return { path }
    } catch (error) {
      if (!isSystemError(error)) throw error
      readOnly = (await isReadable(path)) ? path : undefined
      const use = readOnly === undefined ? 'used, continuing without' : 'written, it is only read'
      log.warn(`the cache directory cannot be ${use}: ${messageOf(error)}`)
    }
  }
  const temporary = await openTemporaryDirectory('apk-packages-')
  return { path: temporary.path, temporary, ...(readOnly === undefined ? {} : { readOnly }) }
}

async function isReadable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK | constants.X_OK)
    return true
  } catch (error) {
    if (isSystemError(error)) return false
    throw error
  }
}
