export { treeFromTar } from './from-tar.ts'
export { bytesAccess, type RandomAccess, readStart, withContent } from './read.ts'
export { baseName, comparePaths, followPath, packageTree, parentOf } from './tree.ts'
export { type PackageTree, type TreeEntry, type TreeEntryType, treeEntry } from './types.ts'
