import { readTextAt } from '../tree/files.ts'
import type { Tree } from '../tree/tree.ts'
import { globTree } from './glob.ts'

const INCLUDE = /^include\s+(\S.*)$/

/**
 * Directories that a `ld.so.conf` lists. As in apko an `include` is the last line read of a file; files that cannot be
 * read count as empty, and a file that includes itself is read once.
 */
export async function libraryDirectories(
  tree: Tree,
  path: string,
  reading: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const text = reading.has(path) ? undefined : await readTextAt(tree, path)
  const directories: string[] = []
  for (const raw of (text ?? '').split('\n')) {
    const line = raw.replace(/#.*$/, '').trim()
    const include = INCLUDE.exec(line)
    if (include !== null) {
      for (const match of globTree(tree, include[1]!)) {
        directories.push(...(await libraryDirectories(tree, match, new Set([...reading, path]))))
      }
      return directories
    }
    if (line !== '' && !directories.includes(line)) directories.push(line)
  }
  return directories
}
