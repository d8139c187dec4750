import { posix } from 'node:path'
import { concatBytes, utf8 } from '@apkts/encoding'
import { fileAt } from '../tree/files.ts'
import type { Tree } from '../tree/tree.ts'
import { compareLibraryNames } from './compare.ts'
import { libraryDirectories } from './conf.ts'
import { type CachedLibrary, librariesIn, type SeenLibraries } from './libraries.ts'
import { unstableSort } from './unstable-sort.ts'

const CONFIGURATION = 'etc/ld.so.conf'
const MAGIC = 'glibc-ld.so.cache1.1'
const HEADER_SIZE = 48
const ENTRY_SIZE = 24
const ALIGNMENT = 16

export interface LibraryCacheOptions {
  /** Leaves out libraries for machines that the format has no mark for; default an error, as in apko. */
  readonly skipForeign?: boolean | undefined
}

/**
 * Writes the cache that `ldconfig` would, where the image has a `ld.so.conf`.
 * @throws RootfsError `LIBRARY_MACHINE_UNKNOWN`
 */
export async function writeLibraryCache(tree: Tree, options: LibraryCacheOptions = {}): Promise<void> {
  if (fileAt(tree, CONFIGURATION) === undefined) return
  const libraries: CachedLibrary[] = []
  const seen: SeenLibraries = new Map()
  for (const configured of ['/lib', ...(await libraryDirectories(tree, CONFIGURATION))]) {
    const directory = posix.join('/', configured).replace(/\/+$/, '')
    libraries.push(...(await librariesIn(tree, directory, { ...options, seen })))
  }
  unstableSort(libraries, (a, b) => compareLibraryNames(b.name, a.name))
  tree.writeFile('etc/ld.so.cache', formatLibraryCache(libraries), 0o644)
}

/** The bytes of `/etc/ld.so.cache` in glibc's format 1.1, little endian, without extensions. */
export function formatLibraryCache(libraries: readonly CachedLibrary[]): Uint8Array {
  const paths = libraries.map(({ directory, name }) => utf8(`${directory}/${name}\0`))
  const stringsSize = paths.reduce((sum, path) => sum + path.length, 0)
  const table = Buffer.alloc(HEADER_SIZE + ENTRY_SIZE * libraries.length)
  table.write(MAGIC, 'latin1')
  table.writeUInt32LE(libraries.length, MAGIC.length)
  table.writeUInt32LE(stringsSize, MAGIC.length + 4)
  let value = table.length
  libraries.forEach(({ flags, directory }, i) => {
    const at = HEADER_SIZE + ENTRY_SIZE * i
    table.writeUInt32LE(flags, at)
    table.writeUInt32LE(value + Buffer.byteLength(directory) + 1, at + 4)
    table.writeUInt32LE(value, at + 8)
    value += paths[i]!.length
  })
  const padding = ALIGNMENT - (value % ALIGNMENT)
  return concatBytes([table, ...paths, new Uint8Array(padding)])
}
