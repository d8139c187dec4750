/** A link that Debian's maintainer scripts make with update-alternatives(1) or dpkg-divert(1), and that builds rely on. */
export interface Alternative {
  /** Package that offers the link. */
  readonly package: string
  /** Path of the link. */
  readonly link: string
  /** The package's own path that the link leads to; an expression picks the last match in byte order. */
  readonly target: string | RegExp
  /** As the maintainer script states it: among packages offering the same link the highest wins. */
  readonly priority: number
}

/**
 * The table of docs/import-deb.md. `sh` is bash, not dash: recipes run under `set -o pipefail`, which dash does not know.
 */
export const ALTERNATIVES: readonly Alternative[] = [
  { package: 'bash', link: 'usr/bin/sh', target: 'usr/bin/bash', priority: 100 },
  { package: 'gawk', link: 'usr/bin/awk', target: 'usr/bin/gawk', priority: 10 },
  { package: 'mawk', link: 'usr/bin/awk', target: 'usr/bin/mawk', priority: 5 },
  { package: 'original-awk', link: 'usr/bin/awk', target: 'usr/bin/original-awk', priority: 0 },
  { package: 'gcc', link: 'usr/bin/cc', target: 'usr/bin/gcc', priority: 20 },
  { package: 'gcc', link: 'usr/bin/c89', target: 'usr/bin/c89-gcc', priority: 20 },
  { package: 'gcc', link: 'usr/bin/c99', target: 'usr/bin/c99-gcc', priority: 20 },
  { package: 'g++', link: 'usr/bin/c++', target: 'usr/bin/g++', priority: 20 },
  { package: 'cpp', link: 'usr/lib/cpp', target: 'usr/bin/cpp', priority: 10 },
  { package: 'gfortran', link: 'usr/bin/f77', target: 'usr/bin/gfortran', priority: 20 },
  { package: 'gfortran', link: 'usr/bin/f95', target: 'usr/bin/gfortran', priority: 20 },
  { package: 'automake', link: 'usr/bin/automake', target: /^usr\/bin\/automake-\d/, priority: 140 },
  { package: 'automake', link: 'usr/bin/aclocal', target: /^usr\/bin\/aclocal-\d/, priority: 140 },
  { package: 'bison', link: 'usr/bin/yacc', target: 'usr/bin/bison.yacc', priority: 90 },
  { package: 'byacc', link: 'usr/bin/yacc', target: 'usr/bin/byacc', priority: 80 },
  { package: 'debianutils', link: 'usr/bin/which', target: 'usr/bin/which.debianutils', priority: 0 },
  { package: 'xz-utils', link: 'usr/bin/lzma', target: 'usr/bin/xz', priority: 20 },
  { package: 'xz-utils', link: 'usr/bin/unlzma', target: 'usr/bin/unxz', priority: 20 },
  { package: 'xz-utils', link: 'usr/bin/lzcat', target: 'usr/bin/xzcat', priority: 20 },
  { package: 'less', link: 'usr/bin/pager', target: 'usr/bin/less', priority: 77 },
  { package: 'netcat-openbsd', link: 'usr/bin/nc', target: 'usr/bin/nc.openbsd', priority: 50 },
  { package: 'netcat-traditional', link: 'usr/bin/nc', target: 'usr/bin/nc.traditional', priority: 10 },
  { package: 'vim-tiny', link: 'usr/bin/vi', target: 'usr/bin/vim.tiny', priority: 15 },
]

/** A link to add to a package. */
export interface ExtraLink {
  readonly path: string
  readonly target: string
}

/** Links that a package gets, given the (merged-/usr) paths it ships; sorted by the table. */
export function alternativeLinks(name: string, paths: ReadonlySet<string>): ExtraLink[] {
  const links: ExtraLink[] = []
  for (const alternative of ALTERNATIVES) {
    if (alternative.package !== name || paths.has(alternative.link)) continue
    const target = findTarget(alternative.target, paths)
    if (target !== undefined) links.push({ path: alternative.link, target: linkText(alternative.link, target) })
  }
  return links
}

/** Packages whose links give way to those of `name`, for its `replaces`; in the order of the table, without repetition. */
export function outrankedBy(name: string): string[] {
  const own = ALTERNATIVES.filter((alternative) => alternative.package === name)
  const losers = ALTERNATIVES.filter((other) =>
    own.some((mine) => mine.link === other.link && mine.package !== other.package && mine.priority > other.priority),
  )
  return [...new Set(losers.map((loser) => loser.package))]
}

/** True for a path that only its owner in the table may ship: dash's `sh` must not shadow bash's. */
export function isForeignAlternative(name: string, path: string): boolean {
  const owners = ALTERNATIVES.filter((alternative) => alternative.link === path)
  return owners.length > 0 && owners.every((owner) => owner.package !== name)
}

function findTarget(target: string | RegExp, paths: ReadonlySet<string>): string | undefined {
  if (typeof target === 'string') return paths.has(target) ? target : undefined
  return [...paths]
    .filter((path) => target.test(path))
    .sort()
    .at(-1)
}

function linkText(link: string, target: string): string {
  const [from, to] = [link.slice(0, link.lastIndexOf('/')), target.slice(0, target.lastIndexOf('/'))]
  return from === to ? target.slice(to.length + 1) : `/${target}`
}
