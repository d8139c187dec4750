import { compareBytes } from '@apkts/encoding'
import { stableSort } from './stable-sort.ts'

/** What sorting needs to know of a file: its path and whether it is a directory. */
export interface Placed {
  readonly path: string
  readonly directory: boolean
}

/**
 * Files in the order of an installed record: component by component; where one path ends first, a file there sorts before
 * a directory, which keeps a directory's own files directly behind it. As in apko a directory and what is in it are not
 * compared: a directory that stands behind its content, or twice, stays there as far as the sort leaves it.
 */
export function sortInstalledPaths<T extends Placed>(files: readonly T[]): T[] {
  const placed = files.map((file) => ({ file, parts: components(file.path) }))
  stableSort(placed, (a, b) => compareParts(a.parts, a.file, b.parts, b.file))
  return placed.map(({ file }) => file)
}

function compareParts(x: readonly string[], a: Placed, y: readonly string[], b: Placed): number {
  const last = Math.min(x.length, y.length) - 1
  for (let i = 0; i < last; i++) {
    const order = compareBytes(x[i]!, y[i]!)
    if (order !== 0) return order
  }
  if (x.length === y.length && x[last] === y[last]) return 0
  const kinds = Number(isDirectoryAt(x, last, a)) - Number(isDirectoryAt(y, last, b))
  return kinds === 0 ? compareBytes(x[last]!, y[last]!) : kinds
}

function isDirectoryAt(parts: readonly string[], i: number, placed: Placed): boolean {
  return i < parts.length - 1 || placed.directory
}

function components(path: string): string[] {
  return cleanPath(path).split('/')
}

/** Lexically shortest form of a path, like Go's `path.Clean`; the empty path is `.`. */
export function cleanPath(path: string): string {
  const absolute = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!absolute) kept.push('..')
  }
  return (absolute ? '/' : '') + kept.join('/') || '.'
}
