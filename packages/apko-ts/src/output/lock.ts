import { writeFileAtomic } from '@apkts/cache'
import { formatLockFile, type LockFile } from '../lock/format.ts'

/** Writes a lock file, whole or not at all. */
export function writeLock(path: string, lock: LockFile): Promise<void> {
  return writeFileAtomic(path, formatLockFile(lock), { mode: 0o666 })
}
