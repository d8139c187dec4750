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
}

/** Reads a lock file and checks that it was made from this configuration. Throws `ApkoError`. */
export async function readLockFile(path: string, from: LockedFrom): Promise<LockFile> {
  const lock = parseLockFile(await readText(path), path)
  if (lock.config === undefined) {
    from.log.warn(`lock file ${path} has no checksum of the configuration it was made from`)
  } else if (lock.config.checksum !== from.checksum) {
    const message = `lock file ${path} was made from another state of ${from.config}: their checksums differ`
    throw new ApkoError('LOCK_STALE', message, {
      notes: [`locked ${lock.config.checksum}`, `found ${from.checksum}`],
      hint: `write it anew: apko-ts lock ${from.config} --output ${path}`,
    })
  }
  return lock
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new ApkoError('LOCK_UNREADABLE', `cannot read the lock file ${path}: ${messageOf(cause)}`, { cause })
  }
}
