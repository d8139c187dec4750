import type { TarType } from '@apkts/archive'

/** What is compared of one path of an image. */
export interface FileFacts {
  readonly type: TarType
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** SHA-256 of a file's content, in hex. */
  readonly sha256?: string
  /** Target of a symbolic link, or of a hard link whose target is not there. */
  readonly link?: string
  /** `major,minor` */
  readonly device?: string
  /** Extended attributes, values in hex. */
  readonly xattrs?: ReadonlyMap<string, string>
}

/** Contents that say what is in an image, by path. */
export type KeptContents = ReadonlyMap<string, Uint8Array>

/** Where apk keeps what is installed: since 3.0 and before. */
export const DATABASES = ['usr/lib/apk/db/installed', 'lib/apk/db/installed']

const SBOM = /^var\/lib\/db\/sbom\/[^/]+\.spdx\.json$/
const MAX_DATABASE = 64 << 20
const MAX_SBOM = 8 << 20

/** True for a file whose content is read, not only hashed. */
export function isKept(path: string, size: number): boolean {
  if (DATABASES.includes(path)) return size <= MAX_DATABASE
  return size <= MAX_SBOM && SBOM.test(path)
}
