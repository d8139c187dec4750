import type { ApkSections, PkgInfo } from '@apkts/apk'
import type { ContentRef, TarHeader, TarMember } from '@apkts/archive'

/** A package whose sections were verified, with its files ready to be read. */
export interface ExpandedPackage {
  readonly name: string
  readonly version: string
  readonly pkgInfo: PkgInfo
  readonly controlSha1: Uint8Array
  /** Bytes of the .apk file. */
  readonly fileSize: number
  readonly sections: ApkSections
  readonly controlMembers: readonly TarMember[]
  /** Data section, in tar order. */
  readonly entries: readonly PackageEntry[]
}

export interface PackageEntry {
  readonly header: TarHeader
  readonly content: ContentRef
}
