import { isSystemError, messageOf } from '@apkts/diagnostics'
import type { RepositoryContext } from './context.ts'
import { RepositoryError } from './error.ts'

const UNWRITABLE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'EIO'])

function isWriteFailure(error: unknown): error is NodeJS.ErrnoException {
  return isSystemError(error) && UNWRITABLE.has(error.code ?? '')
}

/** Does work that cannot go on without writing to the cache. @throws RepositoryError `CACHE_UNWRITABLE` naming the cache. */
export async function needingCache<T>({ cache }: RepositoryContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isWriteFailure(error)) throw error
    const path = await cache.path()
    throw new RepositoryError('CACHE_UNWRITABLE', `the cache directory ${path} cannot be used: ${messageOf(error)}`, {
      hint: 'Make room with apko-ts cache prune --max-size SIZE, or name another directory with --cache-dir.',
      cause: error,
    })
  }
}

/** Keeps something for later that is not needed now: when that fails, there is a warning, and work goes on. */
export async function keepForLater(
  { log }: RepositoryContext,
  what: string,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isWriteFailure(error)) throw error
    log.warn(`${what} cannot be kept in the cache: ${messageOf(error)}`)
  }
}
