import { ArchiveError, type TarMember } from '@apkts/archive'
import { utf8Decode } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import { type PkgInfo, parsePkgInfo } from '../pkginfo/parse.ts'

/** A run of compressed bytes in a package file. */
export interface SectionRange {
  readonly offset: number
  readonly length: number
  /** SHA-1 of a signature or control section, SHA-256 of the data section; over the compressed bytes. */
  readonly digest: Uint8Array
}

/** Where the sections of a package are in its file; unsigned packages have no signature. */
export interface ApkSections {
  readonly signature?: SectionRange
  readonly control: SectionRange
  readonly data: SectionRange
}

/** What is known of a package before its data section. */
export interface ControlPart {
  readonly sections: Omit<ApkSections, 'data'>
  /** Compressed control section. */
  readonly control: Uint8Array
  /** Compressed signature section. */
  readonly signature?: Uint8Array
  readonly signatureMembers: readonly TarMember[]
  readonly controlMembers: readonly TarMember[]
  readonly pkgInfo: PkgInfo
}

const SIGNATURE_PREFIX = '.SIGN.'

/** True when the members are those of a signature section. */
export function isSignature(members: readonly TarMember[]): boolean {
  return members[0]?.header.path.startsWith(SIGNATURE_PREFIX) === true
}

/** Parses `.PKGINFO` out of a control section. @throws ApkError `PACKAGE_NO_PKGINFO`. */
export function pkgInfoOf(members: readonly TarMember[], file: string): PkgInfo {
  const member = members.find(({ header }) => header.path === '.PKGINFO' && header.type === 'file')
  if (member === undefined) {
    throw new ApkError('PACKAGE_NO_PKGINFO', `${file}: the control section has no .PKGINFO`, {
      at: { file },
      hint: 'The file is not an apk package, or its data section is missing.',
    })
  }
  return parsePkgInfo(utf8Decode(member.content), `${file}: .PKGINFO`)
}

/** `PACKAGE_NO_DATA`: the file ends where its data section should start. */
export function missingData(file: string): ApkError {
  return new ApkError('PACKAGE_NO_DATA', `${file}: the data section is missing`, {
    at: { file },
    hint: 'The file is cut off after its control section; get or build it again.',
  })
}

/** Checks what the first bytes of a package can tell. @throws ApkError `PACKAGE_EMPTY` or `PACKAGE_V3`. */
export function checkStart(bytes: Uint8Array, file: string): void {
  if (bytes.length === 0) throw new ApkError('PACKAGE_EMPTY', `${file} is empty`, { at: { file } })
  if (bytes[0] === 0x41 && bytes[1] === 0x44 && bytes[2] === 0x42) {
    throw new ApkError('PACKAGE_V3', `${file} is an apk v3 (ADB) file, which is not supported`, {
      at: { file },
      hint: 'Use a repository that offers apk v2 packages and an APKINDEX.tar.gz.',
    })
  }
}

/** Runs `read` and gives archive errors the name of the file and the part. */
export function inSection<T>(file: string, part: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw sectionError(error, file, part)
  }
}

const CODES: Readonly<Record<string, 'PACKAGE_NOT_GZIP' | 'PACKAGE_TRUNCATED' | 'PACKAGE_TOO_LARGE'>> = {
  GZIP_NOT_GZIP: 'PACKAGE_NOT_GZIP',
  GZIP_TRUNCATED: 'PACKAGE_TRUNCATED',
  TAR_TRUNCATED: 'PACKAGE_TRUNCATED',
  SIZE_LIMIT: 'PACKAGE_TOO_LARGE',
  TAR_TOO_LARGE: 'PACKAGE_TOO_LARGE',
}

/** An archive error as a package error that names file and part; anything else as it is. */
export function sectionError(error: unknown, file: string, part: string): unknown {
  if (!(error instanceof ArchiveError)) return error
  const code = CODES[error.code] ?? 'PACKAGE_DAMAGED'
  return new ApkError(code, `${file}: ${part}: ${error.message}`, { at: { file }, hint: error.hint, cause: error })
}
