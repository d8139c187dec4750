import { open, readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSystemError } from '@apkts/diagnostics'
import { IndexError } from './error.ts'

const RETRY_MS = 50
/** A lock of a process that is gone, or that nobody can hold for so long, is taken over. */
const STALE_MS = 60_000
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
    if (await isStale(lock)) await rm(lock, { force: true })
    else await sleep(RETRY_MS)
  }
  throw new IndexError('INDEX_BUSY', `${lock} has been held by another process for too long`, {
    hint: 'if no other build is running, remove that file',
  })
}

async function create(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lock)
    const holder = Number(await readFile(lock, 'utf8'))
    return Date.now() - mtimeMs > STALE_MS || (holder > 0 && !isRunning(holder))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
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
