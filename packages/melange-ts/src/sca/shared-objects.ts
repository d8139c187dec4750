import { baseName, followPath, type TreeEntry } from '../tree/index.ts'
import { type ElfFacts, elfFacts } from './elf-facts.ts'
import { isHostLibrary } from './host-libraries.ts'
import { isDirectlyIn } from './library-directories.ts'
import type { Findings, Subject } from './types.ts'

/** Libraries: what programs need, what the dynamic linker finds in this package, what only the package itself finds. */
export function findSharedObjects(subject: Subject, findings: Findings): void {
  for (const entry of subject.tree.entries) {
    if (entry.type === 'symlink' && entry.path.includes('.so')) needLinkTarget(subject, entry, findings)
    if (entry.type !== 'file' && entry.type !== 'symlink') continue
    const file = entry.type === 'file' ? entry : followPath(subject.tree, entry.path)
    const facts = file?.type === 'file' ? elfFacts(file) : undefined
    if (facts !== undefined) describe(subject, entry.path, facts, findings)
  }
}

// The link that developers link against needs the package with the library itself.
function needLinkTarget(subject: Subject, link: TreeEntry, findings: Findings): void {
  const library = findLibrary(subject, baseName(link.linkname))
  if (library === undefined) return
  for (const soname of elfFacts(library)?.sonames ?? []) needLibrary(subject, soname, findings)
}

function findLibrary({ relatives, libraryDirectories }: Subject, name: string): TreeEntry | undefined {
  for (const tree of relatives) {
    for (const directory of libraryDirectories) {
      const found = followPath(tree, `${directory}/${name}`)
      if (found?.type === 'file') return found
    }
  }
  return undefined
}

function describe(subject: Subject, path: string, facts: ElfFacts, findings: Findings): void {
  if (facts.interpreter !== undefined) {
    findings.runtime.add(`so:${baseName(facts.interpreter).replace(/^ld-musl/, 'libc.musl')}`)
  }
  for (const library of facts.needed) if (library.includes('.so.')) needLibrary(subject, library, findings)
  const isLibrary = path.endsWith('.so') || baseName(path).includes('.so.')
  if (facts.interpreter === undefined || isLibrary) {
    for (const soname of facts.sonames) provideLibrary(subject, path, soname, findings)
  }
  if (facts.needsFipsProvider) {
    findings.runtime.add('openssl-config-fipshardened')
    findings.runtime.add('so:libcrypto.so.3')
  }
}

function needLibrary({ versionOf }: Subject, name: string, { runtime }: Findings): void {
  if (isHostLibrary(name)) return
  runtime.add(`so:${name}`)
  const version = versionOf(name)
  if (version !== undefined) runtime.add(`so-ver:${name}>=${version}`)
}

function provideLibrary(subject: Subject, path: string, soname: string, { provides, vendored }: Findings): void {
  if (isHostLibrary(soname)) return
  const names = isDirectlyIn(path, subject.libraryDirectories) ? provides : vendored
  names.add(`so:${soname}=${libraryVersion(soname)}`)
  names.add(`so-ver:${soname}=${subject.version}`)
}

/** Version in a soname: the digits and dots after `.so.`, `0` when there is anything else or nothing. */
export function libraryVersion(soname: string): string {
  const version = soname.split('.so.')[1] ?? ''
  return /^[\p{Nd}.]+$/u.test(version) ? version : '0'
}
