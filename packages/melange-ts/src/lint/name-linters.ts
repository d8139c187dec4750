import { baseName, parentOf } from '../tree/index.ts'
import { filePaths } from './path-linters.ts'
import type { Linter } from './types.ts'

const PLATFORMS: readonly (readonly [string, readonly string[]])[] = [
  ['macos', ['darwin', 'macos', 'mac_os', 'mac-os', 'osx', 'os_x', 'os-x']],
  ['windows', ['windows', 'win32', 'win64']],
]

const nonlinux: Linter = {
  name: 'nonlinux',
  explain: 'This package contains references to non-Linux paths',
  check(subject) {
    const references = filePaths(subject).flatMap((path) => {
      const lower = path.toLowerCase()
      const platform = PLATFORMS.find(([, words]) => words.some((word) => lower.includes(word)))?.[0]
      return platform === undefined ? [] : [{ path, platform }]
    })
    if (references.length === 0) return undefined
    return {
      message: `${subject.name} contains ${references.length} non-Linux reference(s)`,
      details: { references },
      items: references.map(({ path, platform }) => `${path} (${platform})`),
    }
  },
}

const ARCHS =
  'i386 i686 x86_32 x86-32 ppc64 ppc64le powerpc s390x s390 mips mipsel mips64 riscv riscv64 sparc sparc64 ia64 m68k'.split(
    ' ',
  )
const SUPPORTED = ['aarch64', 'arm64', 'amd64', 'x86_64', 'x86-64']
const SEPARATORS = ['-', '_', '.', ':']

const unsupportedarch: Linter = {
  name: 'unsupportedarch',
  explain:
    'This package contains references to unsupported architectures (only aarch64/arm64 and amd64/x86_64 are supported)',
  check(subject) {
    const files = filePaths(subject).flatMap((path) => {
      const arch = ARCHS.find((candidate) => namesArchitecture(path.toLowerCase(), candidate))
      return arch === undefined ? [] : [{ path, arch }]
    })
    if (files.length === 0) return undefined
    return {
      message: `${subject.name} contains ${files.length} unsupported architecture reference(s)`,
      details: { files },
      items: files.map(({ path, arch }) => `${path} (${arch})`),
    }
  },
}

function namesArchitecture(path: string, arch: string): boolean {
  if (parentOf(path).includes(`/${arch}`)) return true
  if (SUPPORTED.some((word) => path.includes(word))) return false
  const base = baseName(path)
  return SEPARATORS.some((separator) => {
    const word = separator + arch
    return base.includes(word + separator) || base.includes(`${word}.`) || base.endsWith(word)
  })
}

/** Linters that look for foreign platforms in names. */
export const NAME_LINTERS: readonly Linter[] = [nonlinux, unsupportedarch]
