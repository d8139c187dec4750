import { mkdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { temporaryName } from './publish.ts'

export interface AdvertiseOptions {
  /** Replaces an entry that exists and resolves; for entries found to be damaged. */
  readonly replace?: boolean
}

/**
 * Makes complete content visible under a name: `name` becomes a relative symbolic link to `content`. Safe for many
 * processes without locks, as the link appears under its final name in one step.
 *
 * An existing name that resolves wins unless `replace` is set; a dangling one is always replaced. Returns whether
 * `name` now leads to `content`; if not, the caller may remove it.
 */
export async function advertise(content: string, name: string, options: AdvertiseOptions = {}): Promise<boolean> {
  if (options.replace !== true && (await resolves(name))) return false
  const directory = dirname(name)
  await mkdir(directory, { recursive: true })
  const temporary = join(directory, temporaryName('.link-'))
  await symlink(relative(directory, content), temporary)
  try {
    await rename(temporary, name)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return true
}

async function resolves(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}
