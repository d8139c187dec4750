import type { Stats } from 'node:fs'
import { chmod, lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { compareBytes } from '@apkts/encoding'
import { TreeError } from './error.ts'
import { type PackageTree, type TreeEntry, type TreeEntryType, treeEntry } from './types.ts'

/** Extended attributes by path, of files below the directory that is loaded. */
export type XattrsByPath = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>

export interface DirectoryOptions {
  readonly xattrs?: XattrsByPath
  /** Files of this user and group count as root's: those of the caller, when steps ran in a user namespace. */
  readonly caller?: { readonly uid: number; readonly gid: number } | undefined
}

const EXECUTABLE_DIRECTORY = 0o700
const READABLE = 0o400

/**
 * What steps left in a directory, with the attributes packages keep: all mode bits, owners and extended attributes of files;
 * permission bits of directories; nothing of symbolic links. Unreadable objects are made readable on disk, not in the tree.
 * @throws TreeError for sockets and for names that are not UTF-8.
 */
export async function treeFromDirectory(root: string, options: DirectoryOptions = {}): Promise<PackageTree> {
  const entries: TreeEntry[] = []
  await walk(root, '', entries, options)
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  return { entries, get: (path) => byPath.get(path) }
}

async function walk(directory: string, prefix: string, entries: TreeEntry[], options: DirectoryOptions): Promise<void> {
  for (const name of (await readdir(directory)).sort(compareBytes)) {
    if (name.includes('\ufffd')) throw notUtf8(`${prefix}${name}`)
    const file = join(directory, name)
    const stats = await lstat(file)
    entries.push(await entryOf(file, `${prefix}${name}`, stats, options))
    if (stats.isDirectory()) await walk(file, `${prefix}${name}/`, entries, options)
  }
}

async function entryOf(file: string, path: string, stats: Stats, options: DirectoryOptions): Promise<TreeEntry> {
  if (stats.isDirectory()) {
    await allow(file, stats, EXECUTABLE_DIRECTORY)
    return treeEntry({ path, type: 'directory', mode: stats.mode & 0o777 })
  }
  if (stats.isSymbolicLink()) return treeEntry({ path, type: 'symlink', linkname: await readlink(file) })
  const { uid, gid } = ownerOf(stats, options)
  const type = typeOf(stats)
  if (type === undefined) throw unsupported(path)
  const common = { path, type, mode: stats.mode & 0o7777, uid, gid }
  if (type !== 'file') return treeEntry(common)
  await allow(file, stats, READABLE)
  const xattrs = options.xattrs?.get(path)
  const content = { kind: 'file' as const, path: file, offset: 0, size: stats.size }
  return treeEntry({ ...common, content, ...(xattrs === undefined ? {} : { xattrs }) })
}

function typeOf(stats: Stats): TreeEntryType | undefined {
  if (stats.isFile()) return 'file'
  if (stats.isFIFO()) return 'fifo'
  if (stats.isCharacterDevice()) return 'character-device'
  return stats.isBlockDevice() ? 'block-device' : undefined
}

function ownerOf(stats: Stats, { caller }: DirectoryOptions): { uid: number; gid: number } {
  return {
    uid: stats.uid === caller?.uid ? 0 : stats.uid,
    gid: stats.gid === caller?.gid ? 0 : stats.gid,
  }
}

// Steps may leave files that even their owner cannot read; the workspace is ours, so it may be changed.
async function allow(file: string, stats: Stats, bits: number): Promise<void> {
  if ((stats.mode & bits) !== bits && process.getuid?.() !== 0) await chmod(file, (stats.mode & 0o7777) | bits)
}

function unsupported(path: string): TreeError {
  return new TreeError('UNSUPPORTED_FILE', `${path} is a socket, which a package cannot contain`, {
    hint: 'remove it in the last step',
  })
}

function notUtf8(path: string): TreeError {
  return new TreeError('FILE_NAME', `the name of ${path} is not UTF-8, so no package can hold it`, {
    hint: 'rename or remove it in the last step',
  })
}
