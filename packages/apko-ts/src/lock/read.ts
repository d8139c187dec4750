import { readFile } from 'node:fs/promises'
import { isSystemError, type Log, messageOf } from '@apkts/diagnostics'
import { ApkoError } from '../error.ts'
import type { LockFile } from './format.ts'
import { parseLockFile } from './parse.ts'

export interface LockedFrom {
  /** Path of the configuration, for messages. */
  readonly config: string
  /** Checksum of the configuration as it is now. */
  readonly checksum: string
  readonly log: Log
  /** What has changed since the lock file was made, one line each; asked for when something has. */
  readonly changes: (lock: LockFile) => Promise<readonly string[]>
}

/** Reads a lock file and checks that it was made from this configuration. Throws `ApkoError`. */
export async function readLockFile(path: string, from: LockedFrom): Promise<LockFile> {
  const lock = await loadLockFile(path)
  await checkLockFile(lock, path, from)
  return lock
}

/** Checks that a lock file was made from this configuration. Throws `ApkoError` `LOCK_STALE` with what has changed. */
export async function checkLockFile(lock: LockFile, path: string, from: LockedFrom): Promise<void> {
  if (lock.config === undefined) {
    from.log.warn(`lock file ${path} has no checksum of the configuration it was made from`)
  } else if (lock.config.checksum !== from.checksum) {
    const message = `lock file ${path} was made from another state of ${from.config}: their checksums differ`
    throw new ApkoError('LOCK_STALE', message, {
      notes: await from.changes(lock),
      hint: `write it anew: apko-ts lock ${from.config} --output ${path}`,
    })
  }
}

/** Reads a lock file, whatever it was made from. Throws `ApkoError` `LOCK_UNREADABLE`. */
export async function loadLockFile(path: string): Promise<LockFile> {
  return parseLockFile(await readText(path), path)
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new ApkoError('LOCK_UNREADABLE', `cannot read the lock file ${path}: ${messageOf(cause)}`, { cause })
  }
}
