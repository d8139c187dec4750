import { stat } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'
import { RepositoryError } from '../error.ts'
import { type FileIdentity, identityOf, isSameFile, readEntriesFile } from './entries-file.ts'
import type { DataFile, ExpandedPackage } from './expanded.ts'

/**
 * Checks, after the contents of packages were read, that they were still those that had been verified: somebody may have
 * written into the cache meanwhile. A file that another process put there is as good, it was verified by that one.
 * @throws RepositoryError `CACHE_CHANGED` naming the package.
 */
export async function checkUnchanged(packages: readonly ExpandedPackage[]): Promise<void> {
  const sound = await Promise.all(packages.map(({ dataFile }) => isUnchanged(dataFile)))
  const changed = packages[sound.indexOf(false)]
  if (changed === undefined) return
  const message = `the cached files of ${changed.name}-${changed.version} changed while they were read`
  throw new RepositoryError('CACHE_CHANGED', message, {
    at: { file: changed.dataFile.path },
    hint: 'Something else changes the cache directory: run the command again.',
  })
}

async function isUnchanged({ path, identity, record }: DataFile): Promise<boolean> {
  const now = await identify(path)
  if (now === undefined) return true // removed after it was read, else reading would have failed
  if (isSameFile(now, identity)) return true
  const recorded = await readEntriesFile(record)
  return now.ino !== identity.ino && recorded !== undefined && isSameFile(now, recorded.identity)
}

async function identify(path: string): Promise<FileIdentity | undefined> {
  try {
    return identityOf(await stat(path, { bigint: true }))
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}
