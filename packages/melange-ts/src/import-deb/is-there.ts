import { access } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'

/** True when the path exists; other failures than its absence are thrown. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}
