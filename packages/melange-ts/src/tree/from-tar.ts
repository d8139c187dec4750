import type { TarMember } from '@apkts/archive'
import { packageTree } from './tree.ts'
import { type PackageTree, type TreeEntry, treeEntry } from './types.ts'

const XATTR_PREFIX = 'SCHILY.xattr.'

/** The tree of a package's data section. Hard links become files of their own; unknown types are left out. */
export function treeFromTar(members: readonly TarMember[]): PackageTree {
  const files = new Map<string, TarMember>()
  const entries: TreeEntry[] = []
  for (const member of members) {
    const source = member.header.type === 'hardlink' ? files.get(trimmed(member.header.linkname)) : member
    if (source === undefined) continue
    const entry = entryOf(trimmed(member.header.path), source)
    if (entry === undefined) continue
    if (entry.type === 'file') files.set(entry.path, source)
    entries.push(entry)
  }
  return packageTree(entries)
}

function entryOf(path: string, { header, content }: TarMember): TreeEntry | undefined {
  if (header.type === 'other' || header.type === 'hardlink' || path === '') return undefined
  const { type, mode, uid, gid, linkname } = header
  return treeEntry({
    path,
    type,
    mode,
    uid,
    gid,
    linkname,
    content: { kind: 'bytes', bytes: content },
    xattrs: xattrsOf(header.pax),
  })
}

function xattrsOf(pax: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const found = [...pax].filter(([key]) => key.startsWith(XATTR_PREFIX))
  return new Map(found.map(([key, value]) => [key.slice(XATTR_PREFIX.length), value]))
}

function trimmed(path: string): string {
  return path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '')
}
