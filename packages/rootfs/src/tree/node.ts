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
  return { kind: 'directory', uid: 0, gid: 0, mtime: undefined, xattrs: NO_XATTRS, children: new Map(), ...fields }
}

export function fileNode(fields: NewNode<FileNode>): FileNode {
  return { kind: 'file', uid: 0, gid: 0, mtime: undefined, xattrs: NO_XATTRS, ...fields }
}

export function symlinkNode(fields: NewNode<SymlinkNode>): SymlinkNode {
  return { kind: 'symlink', uid: 0, gid: 0, mtime: undefined, xattrs: NO_XATTRS, ...fields }
}

export function deviceNode(fields: NewNode<DeviceNode>): DeviceNode {
  return { kind: 'character-device', uid: 0, gid: 0, mtime: undefined, xattrs: NO_XATTRS, ...fields }
}
