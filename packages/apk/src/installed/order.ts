import { compareBytes } from '@apkts/encoding'

/** What sorting needs to know of a file: its path and whether it is a directory. */
export interface Placed {
  readonly path: string
  readonly directory: boolean
}

/**
 * Files in the order of an installed record: component by component; where one path ends first, a file there sorts before
 * a directory, which keeps a directory's own files directly behind it.
 */
export function sortInstalledPaths<T extends Placed>(files: readonly T[]): T[] {
  return files
    .map((file) => ({ file, parts: components(file.path) }))
    .sort((a, b) => compareParts(a.parts, a.file, b.parts, b.file))
    .map(({ file }) => file)
}

function compareParts(x: readonly string[], a: Placed, y: readonly string[], b: Placed): number {
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const last = i === x.length - 1 || i === y.length - 1
    if (last) {
      const kinds = Number(isDirectoryAt(x, i, a)) - Number(isDirectoryAt(y, i, b))
      if (kinds !== 0) return kinds
    }
    const order = compareBytes(x[i]!, y[i]!)
    if (order !== 0) return order
  }
  return x.length - y.length
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
