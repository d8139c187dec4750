import { base64, fromBase64 } from '@apkts/encoding'
import type { PackageFacts } from './package-facts.ts'
import type { PkgInfo } from './pkginfo/parse.ts'

/** What an index says about one package. */
export interface PackageRecord extends PackageFacts {
  /** Bytes of the .apk file. */
  readonly size: number
  /** Bytes. */
  readonly installedSize: number
  /** Seconds since 1970; undefined for records of an index without one. */
  readonly buildTime: number | undefined
  /** SHA-1 of the compressed control section, normally 20 bytes. */
  readonly checksum: Uint8Array | undefined
}

/** File name of a package in its repository. */
export function packageFileName(record: { readonly name: string; readonly version: string }): string {
  return `${record.name}-${record.version}.apk`
}

/** The `Q1…` text of a SHA-1, as indexes and installed databases write it. */
export function checksumText(sha1: Uint8Array | undefined): string {
  return `Q1${sha1 === undefined ? '' : base64(sha1)}`
}

/** Bytes of a `Q1…` text; undefined when it is not one. */
export function parseChecksumText(text: string): Uint8Array | undefined {
  return text.startsWith('Q1') ? fromBase64(text.slice(2)) : undefined
}

/** A record with every field empty, overridden by those given. */
export function packageRecord(fields: Partial<PackageRecord> & { name: string; version: string }): PackageRecord {
  return {
    arch: '',
    description: '',
    license: '',
    origin: '',
    maintainer: '',
    url: '',
    commit: '',
    dependencies: [],
    provides: [],
    installIf: [],
    replaces: [],
    size: 0,
    installedSize: 0,
    buildTime: undefined,
    providerPriority: 0n,
    checksum: undefined,
    ...fields,
  }
}

/** The index record of a package file: its `.PKGINFO`, the SHA-1 of its control section, and the file's length. */
export function recordFromPackage(pkgInfo: PkgInfo, controlSha1: Uint8Array, fileSize: number): PackageRecord {
  // One literal: taking the others out of a spread costs more than reading the package.
  return {
    name: pkgInfo.name,
    version: pkgInfo.version,
    arch: pkgInfo.arch,
    description: pkgInfo.description,
    license: pkgInfo.license,
    origin: pkgInfo.origin,
    maintainer: pkgInfo.maintainer,
    url: pkgInfo.url,
    commit: pkgInfo.commit,
    dependencies: pkgInfo.dependencies,
    provides: pkgInfo.provides,
    installIf: pkgInfo.installIf,
    replaces: pkgInfo.replaces,
    size: fileSize,
    installedSize: pkgInfo.size,
    buildTime: pkgInfo.buildDate,
    providerPriority: pkgInfo.providerPriority,
    checksum: controlSha1,
  }
}
