import { utf8 } from '@apkts/encoding'
import { type PackageTree, packageTree, parentOf, type TreeEntry, treeEntry } from '../tree/index.ts'
import { alternativeLinks, isForeignAlternative } from './alternatives.ts'
import { ImportError } from './error.ts'
import { mergedUsrPath, mergedUsrTarget } from './merged-usr.ts'
import { cleanPath, resolveLink } from './paths.ts'

export interface LayoutOptions {
  /** Name of the package. */
  readonly name: string
  /** Keeps manuals, translations and everything else of `usr/share/doc`; the copyright files stay in any case. */
  readonly documentation: boolean
}

export interface Layout {
  readonly tree: PackageTree
  /** True when something lay outside `/usr`, so the package needs the top-level links. */
  readonly moved: boolean
  /** What was left out although it is no documentation, for a warning. */
  readonly skipped: readonly string[]
}

/**
 * Turns the file system of a .deb into that of an apk package: merged `/usr`, alternatives as links, documentation left
 * out. @throws ImportError `DEB_UNSUPPORTED_ENTRY` for device nodes, `DEB_PATH_CONFLICT` when two different files land on
 * one path.
 */
export function layOut(entries: readonly TreeEntry[], options: LayoutOptions): Layout {
  const placed = new Map<string, TreeEntry>()
  const skipped: string[] = []
  let moved = false
  for (const entry of entries) {
    const from = cleanPath(entry.path)
    const to = mergedUsrPath(from)
    if (to === undefined || !isWanted(to, entry, options)) continue
    if (isForeignAlternative(options.name, to)) skipped.push(to)
    else {
      moved ||= from !== to
      place(placed, relocate(entry, from, to))
    }
  }
  for (const { path, target } of alternativeLinks(options.name, new Set(placed.keys()))) {
    placed.set(path, treeEntry({ path, type: 'symlink', linkname: target }))
  }
  return { tree: wholeTree(placed.values()), moved, skipped }
}

/** A tree of generated texts, links and directories by path. */
export function generatedTree(parts: {
  readonly files?: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
  readonly directories?: readonly string[]
}): PackageTree {
  return wholeTree([
    ...(parts.directories ?? []).map((path) => treeEntry({ path, type: 'directory' })),
    ...Object.entries(parts.links ?? {}).map(([path, linkname]) => treeEntry({ path, type: 'symlink', linkname })),
    ...Object.entries(parts.files ?? {}).map(([path, text]) =>
      treeEntry({ path, type: 'file', content: { kind: 'bytes', bytes: utf8(text) } }),
    ),
  ])
}

/** Both trees in one; files of the second win, directories of the first. */
export function joinTrees(first: PackageTree, second: PackageTree): PackageTree {
  const added = second.entries.filter((entry) => entry.type !== 'directory' || first.get(entry.path) === undefined)
  return packageTree([...first.entries, ...added])
}

const DOCUMENTATION = /^usr\/share\/(doc|doc-base|man|info|locale|lintian|bug|linda|menu)(\/|$)/
const KEPT = /^usr\/share\/doc(\/[^/]+(\/copyright)?)?$/

// Licences ask for their text to come along; a link to another package's directory stands for its copyright file.
function isWanted(path: string, { type }: TreeEntry, { documentation }: LayoutOptions): boolean {
  if (documentation || !DOCUMENTATION.test(path)) return true
  return KEPT.test(path) && (type !== 'file' || path.endsWith('/copyright'))
}

function relocate(entry: TreeEntry, from: string, to: string): TreeEntry {
  if (entry.type === 'symlink') return { ...entry, path: to, linkname: mergedUsrTarget(from, to, entry.linkname) }
  if (entry.type === 'file' || entry.type === 'directory') return { ...entry, path: to }
  throw new ImportError(
    'DEB_UNSUPPORTED_ENTRY',
    `expected files, directories and links, found a ${entry.type} at ${from}`,
  )
}

function place(placed: Map<string, TreeEntry>, entry: TreeEntry): void {
  const there = placed.get(entry.path)
  if (there === undefined) placed.set(entry.path, entry)
  else if (there.type === 'directory' && entry.type === 'directory') return
  // Packages made for both layouts ship a file in /usr/bin and a link to it in /bin.
  else if (isLinkToItself(entry)) return
  else if (isLinkToItself(there)) placed.set(entry.path, entry)
  else if (there.type !== 'symlink' || entry.type !== 'symlink' || there.linkname !== entry.linkname) {
    throw new ImportError('DEB_PATH_CONFLICT', `expected one file for ${entry.path} in the merged /usr, found two`)
  }
}

function isLinkToItself({ path, type, linkname }: TreeEntry): boolean {
  if (type !== 'symlink') return false
  const resolved = resolveLink(path, linkname)
  return resolved !== undefined && mergedUsrPath(resolved) === path
}

function wholeTree(entries: Iterable<TreeEntry>): PackageTree {
  const byPath = new Map([...entries].map((entry) => [entry.path, entry]))
  for (const path of [...byPath.keys()]) {
    for (let parent = parentOf(path); parent !== '' && !byPath.has(parent); parent = parentOf(parent)) {
      byPath.set(parent, treeEntry({ path: parent, type: 'directory' }))
    }
  }
  return packageTree(byPath.values())
}
