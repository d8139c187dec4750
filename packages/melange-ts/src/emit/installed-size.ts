import { contentSize } from '@apkts/archive'
import { utf8 } from '@apkts/encoding'
import type { PackageTree } from '../tree/index.ts'

/** What a directory counts, whatever the file system says: as on ext4, where the published packages were made. */
const DIRECTORY_SIZE = 4096

/** Installed size of a package in bytes: contents, link targets, and every directory with the root. */
export function installedSize(tree: PackageTree): number {
  return tree.entries.reduce((total, entry) => {
    if (entry.type === 'directory') return total + DIRECTORY_SIZE
    return total + (entry.type === 'symlink' ? utf8(entry.linkname).length : contentSize(entry.content))
  }, DIRECTORY_SIZE)
}
