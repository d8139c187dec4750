import type { PackageTree } from '../tree/index.ts'
import type { Findings, Subject } from './types.ts'

/** Perl: `perl~<version>` for modules in a vendor or site directory of that version. */
export function findPerl(subject: Subject, { runtime }: Findings): void {
  if (subject.runtime.includes('perl')) return
  const version = firstMatch(subject.tree, [
    /^usr\/lib\/perl([0-9][^/]*)\/[^/]*_perl$/,
    /^lib\/perl([0-9][^/]*)\/[^/]*_perl$/,
  ])
  if (version !== undefined) runtime.add(`perl~${version}`)
}

/** Python: `python-<version>-base` for modules in that version's site-packages. */
export function findPython(subject: Subject, { runtime }: Findings): void {
  if (subject.runtime.some((name) => name.startsWith('python'))) return
  let version = ''
  for (const { type, path } of subject.tree.entries) {
    const match = type === 'directory' ? /(?:^|\/)python([^/]*)\/site-packages$/.exec(path) : null
    if (match !== null) version = match[1]!
  }
  if (version !== '') runtime.add(`python-${version}-base`)
}

/** Ruby: `ruby-<X.Y>` for gems of that version. */
export function findRuby(subject: Subject, { runtime }: Findings): void {
  if (subject.runtime.some((name) => name.startsWith('ruby-') || name === 'ruby')) return
  // melange's pattern wants the third part to begin with 0, a dot or 9; published packages depend on exactly that.
  const version = firstMatch(subject.tree, [
    /^usr\/lib\/ruby\/gems\/([0-9][^/]*\.[0-9][^/]*\.[0.9][^/]*)\/gems$/,
    /^lib\/ruby\/gems\/([0-9][^/]*\.[0-9][^/]*\.[0.9][^/]*)\/gems$/,
  ])
  if (version !== undefined) runtime.add(`ruby-${version.slice(0, version.lastIndexOf('.'))}`)
}

function firstMatch(tree: PackageTree, patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    for (const { path } of tree.entries) {
      const match = pattern.exec(path)
      if (match !== null) return match[1]
    }
  }
  return undefined
}
