/** A name that recipes written for apk distributions ask for. */
export type Alias =
  | {
      readonly kind: 'provided'
      readonly name: string /** The Debian package that provides it. */
      readonly by: string
    }
  | {
      readonly kind: 'meta'
      readonly name: string
      readonly summary: string
      /** Debian packages that it depends on. */
      readonly packages: readonly string[]
    }

/**
 * The table of docs/import-deb.md. Only names of tools and metas: an unversioned provide of `zlib` would exclude a
 * package `zlib` that somebody builds with this toolchain.
 */
export const ALIASES: readonly Alias[] = [
  {
    kind: 'meta',
    name: 'build-base',
    summary: 'C and C++ compilers and the tools every build expects',
    packages: [
      ...['bash', 'binutils', 'coreutils', 'diffutils', 'file', 'findutils', 'g++', 'gawk', 'gcc', 'grep', 'gzip'],
      ...['libc6-dev', 'make', 'patch', 'pkgconf', 'sed', 'tar'],
    ],
  },
  {
    kind: 'meta',
    name: 'wolfi-base',
    summary: 'a small system with a shell',
    packages: ['base-files', 'bash', 'busybox-static', 'ca-certificates'],
  },
  { kind: 'provided', name: 'busybox', by: 'busybox-static' },
  { kind: 'provided', name: 'ca-certificates-bundle', by: 'ca-certificates' },
  { kind: 'provided', name: 'ninja', by: 'ninja-build' },
  { kind: 'provided', name: 'posix-libc-utils', by: 'libc-bin' },
  { kind: 'provided', name: 'py3-build', by: 'python3-build' },
  { kind: 'provided', name: 'py3-installer', by: 'python3-installer' },
  { kind: 'provided', name: 'py3-pip', by: 'python3-pip' },
  { kind: 'provided', name: 'py3-setuptools', by: 'python3-setuptools' },
  { kind: 'provided', name: 'py3-wheel', by: 'python3-wheel' },
  { kind: 'provided', name: 'scanelf', by: 'pax-utils' },
]

/** Version of every generated meta package. */
export const META_VERSION = '1-r0'

/** The Debian packages that a requested name stands for, and the meta package to generate, if it is one. */
export function expandName(name: string): { packages: readonly string[]; meta?: Alias & { kind: 'meta' } } {
  const alias = ALIASES.find((candidate) => candidate.name === name)
  if (alias === undefined) return { packages: [name] }
  return alias.kind === 'provided' ? { packages: [alias.by] } : { packages: alias.packages, meta: alias }
}

/** Names that a Debian package provides besides its own. */
export function aliasesOf(name: string): string[] {
  return ALIASES.filter((alias) => alias.kind === 'provided' && alias.by === name && alias.name !== name).map(
    (alias) => alias.name,
  )
}

/** Dependencies that Debian needs for a package's helper scripts but the part wanted here does not; left out. */
export const NEEDLESS_DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  // Only lddtree and symtree are Python; recipes want scanelf.
  'pax-utils': ['python3', 'python3-pyelftools'],
  // Used by maintainer scripts, which are not run.
  'ca-certificates': ['debconf', 'debconf-2.0', 'openssl'],
  grep: ['dpkg'],
  gzip: ['dpkg'],
  'readline-common': ['dpkg', 'install-info'],
  perl: ['dpkg'],
  'base-files': ['awk'],
}
