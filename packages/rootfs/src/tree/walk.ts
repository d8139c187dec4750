import type { ContentRef, TarHeader } from '@apkts/archive'
import { compareBytes } from '@apkts/encoding'
import type { DirectoryNode, Node } from './node.ts'
import type { Tree } from './tree.ts'

/** Names of user and group ids, for tar headers. */
export interface OwnerNames {
  readonly users: ReadonlyMap<number, string>
  readonly groups: ReadonlyMap<number, string>
}

/** Owners have numbers only. */
export const NO_OWNER_NAMES: OwnerNames = { users: new Map(), groups: new Map() }

/** One name of the tree as it is serialised. */
export interface TreeEntry {
  /** Without leading or trailing `/`. */
  readonly path: string
  readonly header: TarHeader
  readonly content: ContentRef
  /** Name of the package whose file entry made the node. */
  readonly owner?: string | undefined
}

const EMPTY: ContentRef = { kind: 'bytes', bytes: new Uint8Array() }

/**
 * Every name below the root, depth first, siblings in byte order, a directory before its content. Symlinks are not
 * descended. Parents always come first; a package's hard link may come before its target, as in apko, which a
 * reader that cannot go back does not understand: with `streamableLinks` the first name is the file instead.
 */
export function* walkTree({ tree, ownerNames, streamableLinks = false }: WalkInput): Generator<TreeEntry> {
  const linkOf = streamableLinks ? linksToFirst(tree) : (path: string) => tree.hardLinks.get(path)
  for (const { path, node } of walkNodes(tree.root)) yield treeEntry(linkOf(path, node), path, node, ownerNames)
}

export interface WalkInput {
  readonly tree: Tree
  readonly ownerNames: OwnerNames
  readonly streamableLinks?: boolean | undefined
}

/** Of the names that packages gave a file by hard links, the first is the file; the others link to it. */
function linksToFirst(tree: Tree): (path: string, node: Node) => string | undefined {
  const linked = new Set<string>()
  for (const [path, target] of tree.hardLinks) {
    linked.add(path)
    if (tree.lookup(target) === tree.lookup(path)) linked.add(target.replace(/^(\.?\/)+/, ''))
  }
  const first = new Map<Node, string>()
  return (path, node) => {
    if (!linked.has(path)) return undefined
    const known = first.get(node)
    if (known === undefined) first.set(node, path)
    return known
  }
}

/** The same walk with the nodes themselves. */
export function* walkNodes(root: DirectoryNode): Generator<{ readonly path: string; readonly node: Node }> {
  const pending = childrenOf(root, '').reverse()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next
    if (next.node.kind !== 'directory') continue
    for (const child of childrenOf(next.node, `${next.path}/`).reverse()) pending.push(child)
  }
}

function childrenOf(directory: DirectoryNode, prefix: string): { path: string; node: Node }[] {
  return [...directory.children.keys()]
    .sort(compareBytes)
    .map((name) => ({ path: prefix + name, node: directory.children.get(name)! }))
}

function treeEntry(linkTarget: string | undefined, path: string, node: Node, names: OwnerNames): TreeEntry {
  const isFile = node.kind === 'file' && linkTarget === undefined
  const content = isFile ? node.content : EMPTY
  const header: TarHeader = {
    path,
    type: linkTarget === undefined ? node.kind : 'hardlink',
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    uname: names.users.get(node.uid) ?? '',
    gname: names.groups.get(node.gid) ?? '',
    size: contentSize(content),
    mtime: node.mtime ?? 0,
    linkname: linkTarget ?? (node.kind === 'symlink' ? node.target : ''),
    devMajor: node.kind === 'character-device' ? node.major : 0,
    devMinor: node.kind === 'character-device' ? node.minor : 0,
    pax: isFile || node.kind === 'directory' ? xattrRecords(node.xattrs) : NO_RECORDS,
  }
  return { path, header, content, owner: node.owner?.name }
}

export function contentSize(content: ContentRef): number {
  return content.kind === 'bytes' ? content.bytes.length : content.size
}

const NO_RECORDS: ReadonlyMap<string, Uint8Array> = new Map()

function xattrRecords(xattrs: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  if (xattrs.size === 0) return NO_RECORDS
  return new Map([...xattrs].map(([name, value]) => [`SCHILY.xattr.${name}`, value]))
}
