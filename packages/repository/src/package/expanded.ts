import type { ApkSections, DataEntry, PkgInfo } from '@apkts/apk'
import type { ContentRef, TarHeader, TarMember } from '@apkts/archive'
import type { FileIdentity } from '@apkts/cache'

/** A package whose sections were verified, with its files ready to be read. */
export interface ExpandedPackage {
  readonly name: string
  readonly version: string
  readonly pkgInfo: PkgInfo
  readonly controlSha1: Uint8Array
  /** Bytes of the .apk file. */
  readonly fileSize: number
  readonly sections: ApkSections
  /** Scripts of the control section. */
  readonly controlMembers: readonly TarMember[]
  /** The file that contents are ranges of, as it was when it was verified. */
  readonly dataFile: DataFile
  /** Lines of all entries in the installed database; empty when they cannot be recorded. */
  readonly installedLines: string
  /** Data section, in tar order. */
  readonly entries: readonly PackageEntry[]
}

export interface DataFile {
  readonly path: string
  readonly identity: FileIdentity
  /** Path of what is recorded about the file. */
  readonly record: string
  /** Of the compressed form beside it, where that was verified just now. */
  readonly compressed?: FileIdentity | undefined
}

/** A file, directory or link that a package installs. */
export interface PackageEntry {
  readonly header: TarHeader
  readonly content: ContentRef
}

/** What is known of a package whose sections were verified, and of its files in the cache. */
export interface ExpandedParts {
  readonly pkgInfo: PkgInfo
  readonly sections: ApkSections
  readonly controlMembers: readonly TarMember[]
  readonly dataFile: DataFile
  readonly installedLines: string
  readonly entries: readonly DataEntry[]
}

/** The package of these parts. */
export function expandedPackage(parts: ExpandedParts): ExpandedPackage {
  const { pkgInfo, sections, controlMembers, dataFile, installedLines, entries } = parts
  const { path } = dataFile
  return {
    name: pkgInfo.name,
    version: pkgInfo.version,
    pkgInfo,
    controlSha1: sections.control.digest,
    fileSize: sections.data.offset + sections.data.length,
    sections,
    controlMembers,
    dataFile,
    installedLines,
    entries: entries.map(({ header, offset }) => ({
      header,
      content: header.size === 0 ? EMPTY : { kind: 'file', path, offset, size: header.size },
    })),
  }
}

const EMPTY = { kind: 'bytes', bytes: new Uint8Array(0) } as const
