import type { ContentRef } from '@apkts/archive'

/** The package file entry that made a node: what collisions and layers are decided by. */
export interface Owner {
  /** Name of the package. */
  readonly name: string
  readonly origin: string
  readonly replaces: readonly string[]
  /** SHA-1 that the package recorded for the entry. */
  readonly checksum: Uint8Array
}

interface Attributes {
  /** Permission, setuid, setgid and sticky bits. */
  mode: number
  uid: number
  gid: number
  /** Whole Unix seconds; undefined prints as 0 but is not inherited by new symlinks. */
  mtime: number | undefined
  xattrs: ReadonlyMap<string, Uint8Array>
  readonly owner?: Owner | undefined
}

/** A directory and what is in it, by name. */
export interface DirectoryNode extends Attributes {
  readonly kind: 'directory'
  readonly children: Map<string, Node>
}

/** A file; its content is a reference. */
export interface FileNode extends Attributes {
  readonly kind: 'file'
  content: ContentRef
}

/** A symbolic link. */
export interface SymlinkNode extends Attributes {
  readonly kind: 'symlink'
  readonly target: string
}

/** A character device. */
export interface DeviceNode extends Attributes {
  readonly kind: 'character-device'
  readonly major: number
  readonly minor: number
}

/** What a path of a tree leads to. */
export type Node = DirectoryNode | FileNode | SymlinkNode | DeviceNode

export type NewNode<N extends Node> = Omit<N, 'kind' | 'uid' | 'gid' | 'mtime' | 'xattrs' | 'children'> &
  Partial<Pick<N, 'uid' | 'gid' | 'mtime' | 'xattrs'>>

/** What nearly all nodes have, shared: an image has tens of thousands of them. */
const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map()

export function directoryNode(fields: NewNode<DirectoryNode>): DirectoryNode {
  const { mode, uid = 0, gid = 0, mtime, xattrs = NO_XATTRS, owner } = fields
  return { kind: 'directory', mode, uid, gid, mtime, xattrs, owner, children: new Map() }
}

export function fileNode(fields: NewNode<FileNode>): FileNode {
  const { mode, uid = 0, gid = 0, mtime, xattrs = NO_XATTRS, owner, content } = fields
  return { kind: 'file', mode, uid, gid, mtime, xattrs, owner, content }
}

export function symlinkNode(fields: NewNode<SymlinkNode>): SymlinkNode {
  const { mode, uid = 0, gid = 0, mtime, xattrs = NO_XATTRS, owner, target } = fields
  return { kind: 'symlink', mode, uid, gid, mtime, xattrs, owner, target }
}

export function deviceNode(fields: NewNode<DeviceNode>): DeviceNode {
  const { mode, uid = 0, gid = 0, mtime, xattrs = NO_XATTRS, owner, major, minor } = fields
  return { kind: 'character-device', mode, uid, gid, mtime, xattrs, owner, major, minor }
}
