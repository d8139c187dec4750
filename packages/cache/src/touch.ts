import { utimes } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'

/** Notes that an entry was used, for whoever makes room. A cache that cannot be written to serves all the same. */
export async function touch(path: string): Promise<void> {
  try {
    const now = new Date()
    await utimes(path, now, now)
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}
