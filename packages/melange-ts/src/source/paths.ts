import { lstat, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { isSystemError, type Location } from '@apkts/diagnostics'
import { SourceError } from './error.ts'

/** A path of a recipe below `root`, without looking at the disk. @throws SourceError SOURCE_PATH when it leads out. */
export function pathWithin(root: string, path: string, what: string, at?: Location): string {
  if (isAbsolute(path) || path.split('/').includes('..') || path.includes('\0')) throw outside(path, what, at)
  return join(root, path)
}

/** The same for a directory to write to: no link may be on the way. */
export async function directoryWithin(root: string, path: string, what: string, at?: Location): Promise<string> {
  const target = pathWithin(root, path, what, at)
  let directory = root
  for (const part of path.split('/')) {
    directory = join(directory, part)
    if (await isLink(directory)) throw outside(path, what, at)
  }
  return target
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return false
    throw error
  }
}

/** A file that is there: neither `..` nor links may lead out of `root`. @throws SourceError SOURCE_PATH */
export async function fileWithin(root: string, path: string, what: string, at?: Location): Promise<string> {
  const joined = pathWithin(root, path, what, at)
  try {
    const [directory, file] = await Promise.all([realpath(root), realpath(joined)])
    if (relative(directory, file).startsWith('..')) throw outside(path, what, at)
    return file
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new SourceError('SOURCE_PATH', `${what}: ${joined} cannot be read (${error.code})`, { at, cause: error })
  }
}

function outside(path: string, what: string, at: Location | undefined): SourceError {
  return new SourceError('SOURCE_PATH', `${what}: expected a path within the directory, found "${path}"`, { at })
}
