import { ImportError } from './error.ts'

interface DebianArchitecture {
  readonly debian: string
  /** Multiarch triplet: the directory below `usr/lib` where Debian keeps libraries and pkg-config files. */
  readonly triplet: string
}

const ARCHITECTURES: ReadonlyMap<string, DebianArchitecture> = new Map([
  ['x86_64', { debian: 'amd64', triplet: 'x86_64-linux-gnu' }],
  ['aarch64', { debian: 'arm64', triplet: 'aarch64-linux-gnu' }],
  ['x86', { debian: 'i386', triplet: 'i386-linux-gnu' }],
  ['armv7', { debian: 'armhf', triplet: 'arm-linux-gnueabihf' }],
  ['armhf', { debian: 'armel', triplet: 'arm-linux-gnueabi' }],
  ['ppc64le', { debian: 'ppc64el', triplet: 'powerpc64le-linux-gnu' }],
  ['riscv64', { debian: 'riscv64', triplet: 'riscv64-linux-gnu' }],
  ['s390x', { debian: 's390x', triplet: 's390x-linux-gnu' }],
  ['loongarch64', { debian: 'loong64', triplet: 'loongarch64-linux-gnu' }],
])

/** Debian's names for an apk architecture. @throws ImportError `DEB_UNREADABLE` for one that Debian has not */
export function debianArchitecture(apkArch: string): DebianArchitecture {
  const found = ARCHITECTURES.get(apkArch)
  if (found !== undefined) return found
  throw new ImportError('DEB_UNREADABLE', `expected an architecture that Debian has, found "${apkArch}"`, {
    hint: `Known: ${[...ARCHITECTURES.keys()].join(', ')}.`,
  })
}

/** The apk architecture that this machine runs, from Node's name for it. */
export function hostArchitecture(nodeArch: string): string {
  return { x64: 'x86_64', arm64: 'aarch64', ia32: 'x86', arm: 'armv7', ppc64: 'ppc64le' }[nodeArch] ?? nodeArch
}
