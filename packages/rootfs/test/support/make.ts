import { parsePkgInfo } from '@apkts/apk'
import { type TarHeader, type TarType, tarHeader } from '@apkts/archive'
import { EMPTY_IMAGE_CONFIG, type ImageConfig } from '@apkts/config'
import { hex, instant, sha1, utf8 } from '@apkts/encoding'
import {
  type ComposeInput,
  composeRootfs,
  type InstallEntry,
  type InstallPackage,
  type Rootfs,
} from '../../src/index.ts'

export const BUILD_TIME = 1_700_000_000

/** A member of a data section: directories end in `/`, `to` makes a symlink, `hard` a hard link. */
export interface EntrySpec {
  readonly path: string
  readonly content?: string
  readonly to?: string
  readonly hard?: string
  readonly header?: Partial<TarHeader>
}

export interface PackageSpec {
  readonly name: string
  readonly version?: string
  readonly origin?: string
  /** Further `.PKGINFO` lines. */
  readonly info?: readonly string[]
  readonly entries?: readonly EntrySpec[]
}

/** A package as if it had been fetched. */
export function makePackage({
  name,
  version = '1-r0',
  origin = name,
  info = [],
  entries = [],
}: PackageSpec): InstallPackage {
  const text = [`pkgname = ${name}`, `pkgver = ${version}`, `origin = ${origin}`, `builddate = ${BUILD_TIME}`, ...info]
  return {
    pkgInfo: parsePkgInfo(`${text.join('\n')}\n`),
    controlSha1: sha1(name),
    fileSize: 1000,
    controlMembers: [],
    entries: entries.map(makeEntry),
  }
}

export function dir(path: string, header: Partial<TarHeader> = {}): EntrySpec {
  return { path: `${path}/`, header }
}

export function file(path: string, content: string, header: Partial<TarHeader> = {}): EntrySpec {
  return { path, content, header }
}

export function link(path: string, to: string, header: Partial<TarHeader> = {}): EntrySpec {
  return { path, to, header }
}

export function hard(path: string, target: string): EntrySpec {
  return { path, hard: target }
}

function makeEntry({ path, content = '', to, hard: target, header = {} }: EntrySpec): InstallEntry {
  const type = entryType(path, to, target)
  const bytes = Uint8Array.from(Buffer.from(content, 'latin1'))
  const checksummed = type === 'file' || type === 'symlink'
  const record = ['APK-TOOLS.checksum.SHA1', utf8(hex(sha1(to ?? bytes)))] as const
  return {
    header: tarHeader({
      path: path.replace(/\/$/, ''),
      type,
      mtime: BUILD_TIME,
      size: bytes.length,
      linkname: to ?? target ?? '',
      pax: new Map(checksummed ? [record] : []),
      ...header,
    }),
    content: { kind: 'bytes', bytes },
  }
}

function entryType(path: string, to: string | undefined, target: string | undefined): TarType {
  if (to !== undefined) return 'symlink'
  if (target !== undefined) return 'hardlink'
  return path.endsWith('/') ? 'directory' : 'file'
}

/** Composes an image of these packages, with whatever part of the configuration a test is about. */
export function compose(
  packages: readonly PackageSpec[],
  config: Partial<ImageConfig> = {},
  input: Partial<ComposeInput> = {},
): Promise<Rootfs> {
  return composeRootfs({
    config: { ...EMPTY_IMAGE_CONFIG, ...config },
    arch: 'x86_64',
    packages: packages.map(makePackage),
    keys: new Map(),
    world: [],
    buildRepositories: ['./repo'],
    contextDate: instant(0),
    imageDate: instant(BUILD_TIME),
    ...input,
  })
}
