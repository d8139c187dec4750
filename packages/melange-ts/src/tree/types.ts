import type { ContentRef } from '@apkts/archive'

export type TreeEntryType = 'file' | 'directory' | 'symlink' | 'fifo' | 'character-device' | 'block-device'

/** An object of a package: what the step left on disk, or what a tar says. */
export interface TreeEntry {
  /** Relative to the package's root, without leading or trailing slash. */
  readonly path: string
  readonly type: TreeEntryType
  /** Permission bits with setuid 04000, setgid 02000, sticky 01000. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Target of a symbolic link, verbatim. */
  readonly linkname: string
  readonly content: ContentRef
  readonly xattrs: ReadonlyMap<string, Uint8Array>
}

/** Files of a package without its root, parents before children, children in the byte order of their names. */
export interface PackageTree {
  readonly entries: readonly TreeEntry[]
  get(path: string): TreeEntry | undefined
}

const NOTHING: ContentRef = { kind: 'bytes', bytes: new Uint8Array() }

/** An entry with defaults: root's, without content and attributes. */
export function treeEntry(fields: Partial<TreeEntry> & Pick<TreeEntry, 'path' | 'type'>): TreeEntry {
  const mode = fields.type === 'directory' ? 0o755 : fields.type === 'symlink' ? 0o777 : 0o644
  return { mode, uid: 0, gid: 0, linkname: '', content: NOTHING, xattrs: new Map(), ...fields }
}
