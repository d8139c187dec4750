import type { PkgInfo } from '@apkts/apk'
import type { ContentRef, TarHeader, TarMember } from '@apkts/archive'

/** One member of a package's data section. */
export interface InstallEntry {
  readonly header: TarHeader
  readonly content: ContentRef
}

/** What installing needs to know about a fetched and verified package. */
export interface InstallPackage {
  readonly pkgInfo: PkgInfo
  /** SHA-1 of the control member. */
  readonly controlSha1: Uint8Array
  /** Bytes of the .apk file. */
  readonly fileSize: number
  readonly controlMembers: readonly TarMember[]
  /** Lines of all entries in the installed database, where they are known; empty when they cannot be recorded. */
  readonly installedLines?: string
  /** Data section in tar order. */
  readonly entries: readonly InstallEntry[]
}
