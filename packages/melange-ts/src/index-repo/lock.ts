import { lstat, readlink, rename, rm, symlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, temporaryName } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { IndexError } from './error.ts'

const RETRY_MS = 50
const GIVE_UP_MS = 120_000

/** Runs `work` while no other process does so for the same file: the lock is a file beside it. */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`
  await acquire(lock)
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function acquire(lock: string): Promise<void> {
  for (let waited = 0; waited <= GIVE_UP_MS; waited += RETRY_MS) {
    if (await create(lock)) return
    const stale = await staleInode(lock)
    if (stale === undefined) await sleep(RETRY_MS)
    else await takeAway(lock, stale)
  }
  throw new IndexError('INDEX_BUSY', `${lock} has been held by another process for too long`, {
    hint: 'If no other build is running, remove that file.',
  })
}

/** The lock is a symbolic link whose target names the holder: made in one step, so nobody meets one without a name. */
async function create(lock: string): Promise<boolean> {
  try {
    await symlink(`${process.pid} ${hostname()}`, lock)
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}

/** Inode of a lock whose process on this host is gone; undefined for one that may still be held. */
async function staleInode(lock: string): Promise<bigint | undefined> {
  try {
    const { ino } = await lstat(lock, { bigint: true })
    const [pid = '', host = ''] = (await readlink(lock)).split(' ')
    return host === hostname() && !isRunning(Number(pid)) ? ino : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Removes a stale lock. Another process may have replaced it in between: then what was taken is put back. */
async function takeAway(lock: string, stale: bigint): Promise<void> {
  const taken = `${lock}${temporaryName('.')}`
  try {
    await rename(lock, taken)
    if ((await lstat(taken, { bigint: true })).ino !== stale) await symlink(await readlink(taken), lock)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'EEXIST')) throw error
  } finally {
    await rm(taken, { force: true })
  }
}
