import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './command.mjs'
import { Failure } from './failure.mjs'
import { placesOf } from './places.mjs'
import { updatePackageLists } from './prepare.mjs'

const ARCHITECTURES = { x64: 'x86_64', arm64: 'aarch64' }
const WANTED = ['build-base', 'busybox', 'scanelf']

/** Where compilers and libraries come from: Debian packages turned into an apk repository, or Wolfi. */
export function toolchainOf(kind) {
  const arch = ARCHITECTURES[process.arch]
  if (arch === undefined) throw new Error(`no toolchain for ${process.arch}`)
  const places = placesOf(kind)
  mkdirSync(places.base, { recursive: true })
  return kind === 'wolfi' ? wolfi(places, arch) : debian(places, arch)
}

function debian(places, arch) {
  const args = [
    'import',
    'deb',
    ...WANTED,
    '--arch',
    arch,
    '--out-dir',
    places.toolchain,
    '--download-dir',
    places.debs,
  ]
  const importThem = (report) => runCommand('melange-ts', args, { report })
  return {
    kind: 'debian',
    title: 'import a gcc toolchain from Debian packages',
    places,
    arch,
    repository: places.toolchain,
    key: join(places.toolchain, 'import.rsa.pub'),
    /** Files whose bytes tell whether the toolchain has changed. */
    identity: [join(places.toolchain, arch, 'APKINDEX.tar.gz')],
    async prepare(report) {
      try {
        await importThem(report)
      } catch (error) {
        if (!(error instanceof Failure) || process.getuid?.() !== 0) throw error
        // Mirrors drop old versions; lists that still name them are the usual reason.
        await updatePackageLists(report)
        await importThem(report)
      }
    },
  }
}

function wolfi(places, arch) {
  return {
    kind: 'wolfi',
    title: 'use the toolchain of Wolfi',
    places,
    arch,
    repository: 'https://packages.wolfi.dev/os',
    key: 'https://packages.wolfi.dev/os/wolfi-signing.rsa.pub',
    identity: [],
    async prepare(report) {
      report('packages are fetched when they are needed')
    },
  }
}

/** Flags that make a toolchain known to a build. */
export function toolchainFlags({ repository, key, places }) {
  return ['--repository-append', repository, '--keyring-append', key, '--cache-dir', places.cache]
}

/** The package files that were built, by name. */
export function builtPackages({ places, arch }) {
  const directory = join(places.packages, arch)
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => name.endsWith('.apk'))
    .sort()
    .map((name) => join(directory, name))
}
