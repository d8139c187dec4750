import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { temporaryName } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { IndexError } from './error.ts'

const RETRY_MS = 50
/** A lock nobody wrote their name into is one of a process that was killed in between. */
const UNNAMED_MS = 10_000
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

async function create(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx')
    await file.writeFile(`${process.pid} ${hostname()}`)
    await file.close()
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}

/** Inode of a lock whose process on this host is gone; undefined for one that may still be held. */
async function staleInode(lock: string): Promise<bigint | undefined> {
  try {
    const { mtimeMs, ino } = await stat(lock, { bigint: true })
    const [pid = '', host = hostname()] = (await readFile(lock, 'utf8')).split(' ')
    if (pid === '') return BigInt(Date.now()) - mtimeMs > UNNAMED_MS ? ino : undefined
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
    if ((await stat(taken, { bigint: true })).ino !== stale) await link(taken, lock)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'EEXIST')) throw error
  } finally {
    await rm(taken, { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !isSystemError(error, 'ESRCH')
  }
}
