import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { BuildError } from './error.ts'

/**
 * Sees before a long build that its packages can be written: a directory, or a place where one can be made. Makes nothing.
 * @throws BuildError `OUT_DIR`
 */
export async function checkOutDir(directory: string): Promise<void> {
  for (let path = resolve(directory); ; path = dirname(path)) {
    const problem = await problemOf(path)
    if (problem === undefined) return
    if (problem !== 'absent') {
      throw new BuildError('OUT_DIR', `packages cannot be written to ${directory}: ${problem}`, {
        hint: 'choose another directory with --out-dir',
      })
    }
  }
}

async function problemOf(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return `${path} is not a directory`
    await access(path, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return 'absent'
    if (isSystemError(error, 'EACCES') || isSystemError(error, 'EROFS')) return `${path} is not writable`
    throw error
  }
}
