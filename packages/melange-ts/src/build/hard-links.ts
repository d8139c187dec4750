import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const PAUSE_AFTER_MS = 20

/** True when a regular file below a directory has more than one name. */
export async function hasHardLinks(directory: string): Promise<boolean> {
  const pending = [directory]
  let paused = performance.now()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = join(next, entry.name)
      if (entry.isDirectory()) pending.push(path)
      else if (entry.isFile() && lstatSync(path).nlink > 1) return true
    }
    if (performance.now() - paused < PAUSE_AFTER_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    paused = performance.now()
  }
  return false
}
