import { compareBytes } from '@apkts/encoding'
import { type PackageTree, type TreeEntry, treeEntry } from './types.ts'

/** A tree of entries in any order; of two with the same path the later one counts. Missing parents become directories. */
export function packageTree(entries: Iterable<TreeEntry>): PackageTree {
  const byPath = new Map<string, TreeEntry>()
  for (const entry of entries) byPath.set(entry.path, entry)
  for (const path of [...byPath.keys()]) addParents(byPath, path)
  const sorted = [...byPath.values()].sort((a, b) => comparePaths(a.path, b.path))
  return { entries: sorted, get: (path) => byPath.get(path) }
}

function addParents(byPath: Map<string, TreeEntry>, path: string): void {
  for (let parent = parentOf(path); parent !== '' && !byPath.has(parent); parent = parentOf(parent)) {
    byPath.set(parent, treeEntry({ path: parent, type: 'directory' }))
  }
}

/** Order of a depth-first walk: names of each directory in byte order, a directory before its contents. */
export function comparePaths(a: string, b: string): number {
  // A slash ends a name, so it sorts before every other byte.
  return compareBytes(a.replaceAll('/', '\0'), b.replaceAll('/', '\0'))
}

/** Name of the directory of a path; empty at the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

/** Last name of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

const MAX_LINKS = 40

/**
 * The entry a path leads to, through symbolic links at any place of it. Undefined when there is none, when a link is
 * absolute or leaves the tree, or when links go in circles.
 */
export function followPath(tree: PackageTree, path: string): TreeEntry | undefined {
  let pending = path.split('/')
  let current: string[] = []
  let entry: TreeEntry | undefined
  let links = 0
  while (pending.length > 0) {
    const [name = '', ...rest] = pending
    pending = rest
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (current.length === 0) return undefined
      current = current.slice(0, -1)
      entry = tree.get(current.join('/'))
      continue
    }
    const next = [...current, name]
    entry = tree.get(next.join('/'))
    if (entry === undefined) return undefined
    if (entry.type !== 'symlink') current = next
    else {
      links += 1
      if (links > MAX_LINKS || entry.linkname.startsWith('/')) return undefined
      pending = [...entry.linkname.split('/'), ...rest]
    }
  }
  return entry
}
