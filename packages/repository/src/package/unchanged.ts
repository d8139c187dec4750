import { identifyFile, isSameFile } from '@apkts/cache'
import { RepositoryError } from '../error.ts'
import type { DataFile, ExpandedPackage } from './expanded.ts'
import { readRecord } from './record-file.ts'

/**
 * Checks, after the contents of packages were read, that they were still those that had been verified: somebody may have
 * written into the cache meanwhile. A file that another process put there is as good, it was verified by that one.
 * @throws RepositoryError `CACHE_CHANGED` naming the package.
 */
export function checkUnchanged(packages: readonly ExpandedPackage[]): void {
  const changed = packages.find(({ dataFile }) => !isUnchanged(dataFile))
  if (changed === undefined) return
  const message = `the cached files of ${changed.name}-${changed.version} changed while they were read`
  throw new RepositoryError('CACHE_CHANGED', message, {
    at: { file: changed.dataFile.path },
    hint: 'Something else changes the cache directory: run the command again.',
  })
}

function isUnchanged({ path, identity, record }: DataFile): boolean {
  const now = identifyFile(path)
  if (now === undefined) return true // removed after it was read, else reading would have failed
  if (isSameFile(now, identity)) return true
  const recorded = readRecord(record)
  return now.ino !== identity.ino && recorded !== undefined && isSameFile(now, recorded.identity)
}
