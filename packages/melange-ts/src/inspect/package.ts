import { type ApkSections, checksumText, type ExpandedApk, expandApk } from '@apkts/apk'
import { hex, utf8Decode } from '@apkts/encoding'
import type { KeyedSignature } from './signatures.ts'
import { signaturesIn } from './signatures.ts'

/** Everything there is to know of a package without trusting it. */
export interface PackageInspection {
  readonly kind: 'package'
  readonly file: string
  readonly size: number
  /** Checksum an index would list it under. */
  readonly checksum: string
  readonly sections: readonly InspectedSection[]
  readonly signatures: readonly KeyedSignature[]
  /** `.PKGINFO` as apko and melange read it. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly dataHashMatches: boolean
  /** Entries of the control section other than `.PKGINFO`, with their text. */
  readonly control: readonly { readonly name: string; readonly mode: string; readonly text: string }[]
  readonly files: readonly InspectedFile[]
}

export interface InspectedSection {
  readonly name: 'signature' | 'control' | 'data'
  readonly offset: number
  readonly size: number
  /** SHA-1 of signature and control, SHA-256 of data, over the compressed bytes. */
  readonly digest: string
}

export interface InspectedFile {
  readonly path: string
  readonly type: string
  readonly mode: string
  readonly owner: string
  readonly size: number
  readonly sha1?: string
  readonly link?: string
  readonly xattrs?: Readonly<Record<string, string>>
}

/** Takes a package apart, as a stream. @throws ApkError for one that cannot be read or has damaged files. */
export async function inspectPackage(bytes: AsyncIterable<Uint8Array>, file: string): Promise<PackageInspection> {
  const apk = await expandApk(bytes, { file })
  return {
    kind: 'package',
    file,
    size: apk.fileSize,
    checksum: checksumText(apk.sections.control.digest),
    sections: sectionsOf(apk.sections),
    signatures: apk.signature === undefined ? [] : signaturesIn(apk.signature, file).signatures,
    metadata: metadataOf(apk),
    dataHashMatches: apk.pkgInfo.dataHash === hex(apk.sections.data.digest),
    control: apk.controlMembers
      .filter(({ header }) => header.path !== '.PKGINFO')
      .map(({ header, content }) => ({ name: header.path, mode: octal(header.mode), text: utf8Decode(content) })),
    files: apk.entries.map(inspectFile),
  }
}

function sectionsOf(sections: ApkSections): InspectedSection[] {
  return (['signature', 'control', 'data'] as const).flatMap((name) => {
    const range = sections[name]
    return range === undefined ? [] : [{ name, offset: range.offset, size: range.length, digest: hex(range.digest) }]
  })
}

function metadataOf({ pkgInfo }: ExpandedApk): Record<string, unknown> {
  const priority = Number(pkgInfo.providerPriority)
  return Object.fromEntries(
    Object.entries({ ...pkgInfo, providerPriority: priority }).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? Number(value) : value,
    ]),
  )
}

const CHECKSUM = 'APK-TOOLS.checksum.SHA1'
const XATTR = 'SCHILY.xattr.'

function inspectFile({ header }: ExpandedApk['entries'][number]): InspectedFile {
  const { path, type, mode, uid, gid, uname, gname, size, linkname, pax } = header
  const checksum = pax.get(CHECKSUM)
  const xattrs = [...pax].filter(([key]) => key.startsWith(XATTR))
  return {
    path,
    type,
    mode: octal(mode),
    owner: `${uname || uid}:${gname || gid}`,
    size,
    ...(checksum === undefined ? {} : { sha1: utf8Decode(checksum) }),
    ...(linkname === '' ? {} : { link: linkname }),
    ...(xattrs.length === 0
      ? {}
      : { xattrs: Object.fromEntries(xattrs.map(([key, value]) => [key.slice(XATTR.length), hex(value)])) }),
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
