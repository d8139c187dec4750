import { type ContentRef, type TarHeader, tarHeader } from '@apkts/archive'
import { compareBytes, utf8 } from '@apkts/encoding'
import { alternativeLinks, isForeignAlternative } from './alternatives.ts'
import { ImportError } from './error.ts'
import { mergedUsrPath, mergedUsrTarget } from './merged-usr.ts'

/** An entry of a package tree: its header and where its bytes are. */
export interface LayoutEntry {
  readonly header: TarHeader
  readonly content: ContentRef
}

export interface LayoutOptions {
  /** Name of the package. */
  readonly name: string
  /** Keeps manuals, translations and everything else of `usr/share/doc`; the copyright files stay in any case. */
  readonly documentation: boolean
}

export interface Layout {
  /** In the order of an apk data section: depth first, names in byte order, directories before what they hold. */
  readonly entries: readonly LayoutEntry[]
  /** True when something lay outside `/usr`, so the package needs the top-level links. */
  readonly moved: boolean
  /** What was left out although it is no documentation, for a warning. */
  readonly skipped: readonly string[]
}

const EMPTY: ContentRef = { kind: 'bytes', bytes: new Uint8Array() }

/**
 * Turns the file system of a .deb into that of an apk package: merged `/usr`, alternatives as links, documentation left
 * out, device nodes refused. @throws ImportError `DEB_PATH_CONFLICT` when two different files land on one path.
 */
export function layOut(members: readonly LayoutEntry[], options: LayoutOptions): Layout {
  const tree = new Map<string, LayoutEntry>()
  const skipped: string[] = []
  let moved = false
  for (const member of members) {
    const from = cleanPath(member.header.path)
    const to = mergedUsrPath(from)
    if (to === undefined || !isWanted(to, member.header, options)) continue
    if (isForeignAlternative(options.name, to)) skipped.push(to)
    else {
      moved ||= from !== to
      place(tree, relocate(member, from, to))
    }
  }
  for (const { path, target } of alternativeLinks(options.name, new Set(tree.keys()))) {
    tree.set(path, { header: tarHeader({ path, type: 'symlink', linkname: target }), content: EMPTY })
  }
  addParents(tree)
  return { entries: settleHardLinks(inOrder(tree)), moved, skipped }
}

/** Entries of a generated package: texts, links and directories by path. */
export function generatedEntries(parts: {
  readonly files?: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
  readonly directories?: readonly string[]
}): LayoutEntry[] {
  const tree = new Map<string, LayoutEntry>()
  for (const path of parts.directories ?? [])
    tree.set(path, { header: tarHeader({ path, type: 'directory' }), content: EMPTY })
  for (const [path, target] of Object.entries(parts.links ?? {})) {
    tree.set(path, { header: tarHeader({ path, type: 'symlink', linkname: target }), content: EMPTY })
  }
  for (const [path, text] of Object.entries(parts.files ?? {})) {
    const bytes = utf8(text)
    tree.set(path, { header: tarHeader({ path, type: 'file', size: bytes.length }), content: { kind: 'bytes', bytes } })
  }
  addParents(tree)
  return inOrder(tree)
}

/** Entries plus generated ones, which win, in order. */
export function withGenerated(entries: readonly LayoutEntry[], generated: readonly LayoutEntry[]): LayoutEntry[] {
  const tree = new Map(entries.map((entry) => [entry.header.path, entry]))
  for (const entry of generated)
    if (entry.header.type !== 'directory' || !tree.has(entry.header.path)) tree.set(entry.header.path, entry)
  return inOrder(tree)
}

function cleanPath(path: string): string {
  const clean = path.replace(/^(\.?\/)+/, '').replace(/\/+$/, '')
  if (!clean.split('/').includes('..')) return clean
  throw new ImportError('DEB_UNSUPPORTED_ENTRY', `expected paths inside the package, found "${path}"`)
}

const DOCUMENTATION = /^usr\/share\/(doc|doc-base|man|info|locale|lintian|bug|linda|menu)(\/|$)/
const KEPT = /^usr\/share\/doc(\/[^/]+(\/copyright)?)?$/

// Licences ask for their text to come along; a link to another package's directory stands for its copyright file.
function isWanted(path: string, header: TarHeader, { documentation }: LayoutOptions): boolean {
  if (documentation || !DOCUMENTATION.test(path)) return true
  return KEPT.test(path) && (header.type !== 'file' || path.endsWith('/copyright'))
}

function relocate(member: LayoutEntry, from: string, to: string): LayoutEntry {
  const { header } = member
  if (header.type === 'symlink') {
    return { ...member, header: { ...header, path: to, linkname: mergedUsrTarget(from, to, header.linkname) } }
  }
  if (header.type === 'hardlink') {
    const target = cleanPath(header.linkname)
    return { ...member, header: { ...header, path: to, linkname: mergedUsrPath(target) ?? target } }
  }
  if (header.type === 'file' || header.type === 'directory') return { ...member, header: { ...header, path: to } }
  throw new ImportError(
    'DEB_UNSUPPORTED_ENTRY',
    `expected files, directories and links, found a ${header.type} at ${from}`,
  )
}

function place(tree: Map<string, LayoutEntry>, entry: LayoutEntry): void {
  const { path, type, linkname } = entry.header
  const there = tree.get(path)?.header
  if (there === undefined || (there.type === 'directory' && type === 'directory')) {
    if (there === undefined) tree.set(path, entry)
    return
  }
  // Packages made for both layouts ship a file in /usr/bin and a link to it in /bin.
  if (type === 'symlink' && isSelf(path, linkname)) return
  if (there.type === 'symlink' && isSelf(path, there.linkname)) tree.set(path, entry)
  else if (there.type !== type || there.linkname !== linkname || type !== 'symlink') {
    throw new ImportError('DEB_PATH_CONFLICT', `expected one file for ${path} in the merged /usr, found two`)
  }
}

function isSelf(path: string, target: string): boolean {
  const absolute = target.startsWith('/') ? mergedUsrPath(target) : mergedUsrPath(resolveFrom(path, target))
  return absolute === path
}

function resolveFrom(path: string, target: string): string {
  const parts = path.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

function addParents(tree: Map<string, LayoutEntry>): void {
  for (const path of [...tree.keys()]) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const parent = path.slice(0, at)
      if (tree.has(parent)) continue
      tree.set(parent, { header: tarHeader({ path: parent, type: 'directory' }), content: EMPTY })
    }
  }
}

function inOrder(tree: ReadonlyMap<string, LayoutEntry>): LayoutEntry[] {
  // NUL sorts below every other byte, so a directory's content follows it directly.
  const keyed = [...tree].map(([path, entry]) => ({ key: path.replaceAll('/', '\0'), entry }))
  return keyed.sort((a, b) => compareBytes(a.key, b.key)).map(({ entry }) => entry)
}

/** The first path of every group of hard links carries the content, as readers expect the target before the link. */
function settleHardLinks(entries: readonly LayoutEntry[]): LayoutEntry[] {
  const files = new Map(entries.map((entry) => [entry.header.path, entry]))
  const leaders = new Map<string, string>()
  return entries.flatMap((entry) => {
    const { header } = entry
    if (header.type !== 'hardlink' && header.type !== 'file') return [entry]
    const origin = header.type === 'file' ? header.path : followHardLinks(header.path, files)
    const source = files.get(origin)
    if (source === undefined || source.header.type !== 'file') return []
    const leader = leaders.get(origin)
    if (leader === undefined) {
      leaders.set(origin, header.path)
      return [{ header: { ...source.header, path: header.path }, content: source.content }]
    }
    return [
      {
        header: { ...source.header, path: header.path, type: 'hardlink' as const, size: 0, linkname: leader },
        content: EMPTY,
      },
    ]
  })
}

function followHardLinks(path: string, files: ReadonlyMap<string, LayoutEntry>): string {
  let at = path
  for (let steps = 0; steps < 100; steps++) {
    const header = files.get(at)?.header
    if (header?.type !== 'hardlink') return at
    at = header.linkname
  }
  return at
}
