import type { PackageTree } from '../tree/index.ts'
import { parentOf } from '../tree/index.ts'
import { readContent } from './read-content.ts'

const STANDARD = ['lib', 'usr/lib', 'lib64', 'usr/lib64']
const CONFIGURATION = 'etc/ld.so.conf.d/'

/** Directories of the dynamic linker: the standard ones and those that any package of the build adds to its configuration. */
export function libraryDirectories(trees: readonly PackageTree[]): string[] {
  return [...STANDARD, ...trees.flatMap(configuredDirectories)]
}

function configuredDirectories(tree: PackageTree): string[] {
  return tree.entries
    .filter(({ type, path }) => type === 'file' && path.startsWith(CONFIGURATION) && path.endsWith('.conf'))
    .flatMap(({ content }) => readContent(content).split('\n'))
    .filter((line) => line.startsWith('/'))
    .map((line) => line.slice(1))
}

/** True when a path lies directly in one of the directories, which may end in a slash. */
export function isDirectlyIn(path: string, directories: readonly string[]): boolean {
  const parent = parentOf(path)
  return directories.some((directory) => parent === directory || `${parent}/` === directory)
}
