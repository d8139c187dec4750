import { CHECKSUM_RECORD, fileChecksum } from '@apkts/apk'
import type { TarHeader } from '@apkts/archive'
import { RootfsError, type RootfsErrorCode } from '../error.ts'
import { fileNode, type Node, type Owner, symlinkNode } from '../tree/node.ts'
import { cleanPath } from '../tree/path.ts'
import { changeNode, type Tree } from '../tree/tree.ts'
import { decideCollision } from './collision.ts'
import type { InstallEntry, InstallPackage } from './package.ts'

const XATTR_PREFIX = 'SCHILY.xattr.'

/** Clean path of each regular file that some package laid down → name of the package that did so last. */
export type FileOwners = Map<string, string>

/**
 * Lays the data members of one package into the tree, in tar order. Owners of members are ignored: apko images have
 * packages' files as 0:0. Returns the headers that count for the installed database.
 */
export function installEntries(tree: Tree, pkg: InstallPackage, owners: FileOwners): TarHeader[] {
  const installed = dataEntries(pkg.entries)
  for (const entry of installed) {
    try {
      installEntry(tree, pkg, entry, owners)
    } catch (error) {
      throw error instanceof RootfsError && TREE_CODES.has(error.code) ? inPackage(pkg, error) : error
    }
  }
  return installed.map(({ header }) => header)
}

const TREE_CODES: ReadonlySet<RootfsErrorCode> = new Set([
  'PATH_INVALID',
  'PATH_NOT_FOUND',
  'PATH_EXISTS',
  'NOT_A_DIRECTORY',
  'TOO_MANY_LINKS',
])

function inPackage(pkg: InstallPackage, error: RootfsError): RootfsError {
  return new RootfsError(error.code, `package ${pkg.pkgInfo.name}: ${error.message}`, { hint: error.hint })
}

/** Members that are part of the file system: leading dot files of the root are metadata (apk v2). */
function dataEntries(entries: readonly InstallEntry[]): readonly InstallEntry[] {
  const first = entries.findIndex(({ header }) => !header.path.startsWith('.') || header.path.includes('/'))
  return first === -1 ? [] : entries.slice(first)
}

function installEntry(tree: Tree, pkg: InstallPackage, entry: InstallEntry, owners: FileOwners): void {
  const { header } = entry
  switch (header.type) {
    case 'directory':
      installDirectory(tree, header)
      break
    case 'file':
    case 'symlink':
      installFile(tree, pkg, entry, owners)
      break
    case 'hardlink':
      installHardLink(tree, header)
      break
    default:
      throw new RootfsError(
        'ENTRY_UNSUPPORTED',
        `package ${pkg.pkgInfo.name} contains ${header.path} of type ${header.type}: ` +
          'expected only directories, files, symlinks and hard links',
      )
  }
}

function installDirectory(tree: Tree, header: TarHeader): void {
  const directory = tree.makeDirectories(header.path, header.mode & 0o777)
  changeNode(directory, { mtime: header.mtime })
  setXattrs(directory, header)
}

function installFile(tree: Tree, pkg: InstallPackage, entry: InstallEntry, owners: FileOwners): void {
  const { header } = entry
  const owner = entryOwner(pkg, header)
  const slot = tree.slot(header.path)
  const existing = slot.parent.children.get(slot.name)
  const identicalLink = header.type === 'symlink' && existing?.kind === 'symlink' && existing.target === header.linkname
  if (!identicalLink) {
    if (existing === undefined || decideCollision(header.path, existing, owner) === 'replace') {
      tree.put(slot, nodeOf(entry, owner))
      if (header.type === 'file') owners.set(cleanPath(header.path), pkg.pkgInfo.name)
    }
  }
  const node = hasXattrs(header) ? tree.lookup(header.path) : undefined
  if (node !== undefined) setXattrs(node, header)
}

function nodeOf({ header, content }: InstallEntry, owner: Owner): Node {
  const { type, mode, mtime, linkname } = header
  return type === 'file'
    ? fileNode({ mode, mtime, owner, content })
    : symlinkNode({ mode, mtime, owner, target: linkname })
}

function entryOwner(pkg: InstallPackage, header: TarHeader): Owner {
  const { name, origin, replaces } = pkg.pkgInfo
  if (!header.pax.has(CHECKSUM_RECORD)) {
    throw new RootfsError(
      'ENTRY_CHECKSUM_MISSING',
      `package ${name}: ${header.path} has no SHA-1 checksum in its extended header`,
      { hint: 'Build the package again with melange or abuild; both record one for every file.' },
    )
  }
  if (header.type !== 'file') fileChecksum(header, name) // that of a file was looked at when its content was checked
  return new EntryOwner(name, origin, replaces, header)
}

/** Knows its checksum only where two packages have the same name. */
class EntryOwner implements Owner {
  readonly name: string
  readonly origin: string
  readonly replaces: readonly string[]
  readonly #header: TarHeader

  constructor(name: string, origin: string, replaces: readonly string[], header: TarHeader) {
    this.name = name
    this.origin = origin
    this.replaces = replaces
    this.#header = header
  }

  get checksum(): Uint8Array {
    return fileChecksum(this.#header, this.name)!
  }
}

function installHardLink(tree: Tree, header: TarHeader): void {
  if (tree.lookup(header.linkname) === undefined) {
    throw new RootfsError(
      'PATH_NOT_FOUND',
      `hard link ${header.path} leads to ${header.linkname}, which does not exist in the image`,
    )
  }
  const real = tree.link(header.path, header.linkname)
  if (real === cleanPath(header.path)) tree.hardLinks.set(real, header.linkname)
}

function hasXattrs({ pax }: TarHeader): boolean {
  if (pax.size === 1 && pax.has(CHECKSUM_RECORD)) return false // nearly all, without looking at each record
  for (const key of pax.keys()) if (key.startsWith(XATTR_PREFIX)) return true
  return false
}

function setXattrs(node: Node, header: TarHeader): void {
  if (!hasXattrs(header)) return
  const xattrs = new Map(node.xattrs)
  for (const [key, value] of header.pax) {
    if (key.startsWith(XATTR_PREFIX)) xattrs.set(key.slice(XATTR_PREFIX.length), value)
  }
  node.xattrs = xattrs
}
