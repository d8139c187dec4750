import { chmod, lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'

const OWNER_ALL = 0o700

/** Removes a directory with everything in it, also directories that forbid that to their owner. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    if (!isSystemError(error, 'EACCES') && !isSystemError(error, 'EPERM') && !isSystemError(error, 'ENOTEMPTY'))
      throw error
    await unlock(path)
    await rm(path, { recursive: true, force: true })
  }
}

async function unlock(path: string): Promise<void> {
  try {
    const stats = await lstat(path)
    if (!stats.isDirectory()) return
    if ((stats.mode & OWNER_ALL) !== OWNER_ALL) await chmod(path, OWNER_ALL)
    for (const name of await readdir(path)) await unlock(join(path, name))
  } catch (error) {
    // Somebody else removes it, too.
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}
