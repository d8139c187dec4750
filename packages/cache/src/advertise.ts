import { renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { temporaryName } from './publish.ts'

/** What happens to a name that is taken. */
export interface AdvertiseOptions {
  /** Replaces an entry that exists and resolves; for entries found to be damaged. */
  readonly replace?: boolean
}

/**
 * Makes complete content visible under a name: `name`, whose directory exists, becomes a relative symbolic link to
 * `content`. Safe for many processes without locks, as the link appears under its final name in one step.
 *
 * An existing name that resolves wins unless `replace` is set; a dangling one is always replaced. Returns whether
 * `name` now leads to `content`; if not, the caller may remove it.
 */
export function advertise(content: string, name: string, options: AdvertiseOptions = {}): boolean {
  if (options.replace !== true && resolves(name)) return false
  const { target, temporary } = newLink(content, name)
  symlinkSync(target, temporary)
  try {
    renameSync(temporary, name)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  return true
}

/** A relative link that gets its name in one step. */
export interface NewLink {
  readonly target: string
  /** Where it is made; then it is renamed. */
  readonly temporary: string
}

/** What `advertise` makes of `name`, for who makes it otherwise. */
export function newLink(content: string, name: string): NewLink {
  const directory = dirname(name)
  return { target: relative(directory, content), temporary: join(directory, temporaryName('.link-')) }
}

function resolves(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
