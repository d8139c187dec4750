import { type ApkLimits, limitOf, rootFile, splitApk } from '@apkts/apk'
import { goGzip, gunzipAll, melangeGzip, parseTar, writeTar } from '@apkts/archive'
import { concatBytes } from '@apkts/encoding'
import { KeyringError } from './error.ts'
import type { PrivateKey } from './private-key.ts'
import { buildSignatureMember, readSignatureMember } from './signature-member.ts'

/** One key, or several whose signatures stand side by side: apko and apk-tools take any of them. */
export type Signers = PrivateKey | readonly PrivateKey[]

/** Puts a signature section in front of an index. The bytes are signed as they are, older signatures included. */
export function signIndex(unsigned: Uint8Array, signers: Signers): Uint8Array {
  return concatBytes([signatureSection(unsigned, signers, 0), unsigned])
}

/**
 * Puts a signature beside those an index has; one under the same key name is replaced. The signed bytes stay as they are.
 * @throws KeyringError when the index has no proper signature member.
 */
export function addIndexSignature(signed: Uint8Array, key: PrivateKey, file = 'index', limits?: ApkLimits): Uint8Array {
  const { signatures, end } = readSignatureMember(signed, file, limitOf(limits, 'index'))
  const body = signed.subarray(end)
  const kept = signatures.filter(({ keyName }) => keyName !== key.name)
  const entries = kept.map(({ entry, signature }) => rootFile(entry, signature, 0o644, 0))
  const own = rootFile(`.SIGN.RSA256.${key.name}`, key.sign(body), 0o644, 0)
  return concatBytes([goGzip(writeTar([...entries, own], { end: false })), body])
}

/** Names of the `.SIGN.RSA…` entries anywhere in an index; empty for an unsigned one. */
export function indexSignatureNames(bytes: Uint8Array, limits?: ApkLimits): string[] {
  return parseTar(gunzipAll(bytes, limitOf(limits, 'index')))
    .map(({ header }) => header.path)
    .filter((path) => path.startsWith('.SIGN.RSA'))
}

const INDEX_ENTRIES = new Set(['APKINDEX', 'DESCRIPTION'])

/** The index without any signature: its entries with their headers in a new archive. */
export function stripIndexSignatures(bytes: Uint8Array, limits?: ApkLimits): Uint8Array {
  const members = parseTar(gunzipAll(bytes, limitOf(limits, 'index')))
  return melangeGzip(writeTar(members.filter(({ header }) => INDEX_ENTRIES.has(header.path))))
}

/**
 * Signs a package, replacing a signature it may have; control and data keep their bytes. The signature has the time of
 * `.PKGINFO`, so signing again with the same key gives the same file.
 * @throws KeyringError `PACKAGE_FORMAT` when `.PKGINFO` is not the first control entry; ApkError for a broken package.
 */
export function signPackage(bytes: Uint8Array, signers: Signers, file = 'package'): Uint8Array {
  const { section, controlOffset } = signPackageStart(bytes, signers, file)
  return concatBytes([section, bytes.subarray(controlOffset)])
}

/** A signature section, and where in the package the bytes begin that must follow it. */
export interface PackageSignature {
  readonly section: Uint8Array
  readonly controlOffset: number
}

/**
 * The same for a package too large to hold: of its bytes only a beginning that reaches to the end of the control section.
 * @throws as `signPackage`; ApkError `PACKAGE_TRUNCATED` when the bytes do not reach that far.
 */
export function signPackageStart(start: Uint8Array, signers: Signers, file = 'package'): PackageSignature {
  const { control, controlMembers, sections } = splitApk(start, file)
  const first = controlMembers[0]?.header
  if (first?.path !== '.PKGINFO') {
    throw new KeyringError(
      'PACKAGE_FORMAT',
      `${file}: expected .PKGINFO as first control entry, found ${first?.path}`,
      { at: { file } },
    )
  }
  return { section: signControl(control, signers, first.mtime), controlOffset: sections.control.offset }
}

/** Signature section for a compressed control section; `mtime` in seconds. */
export function signControl(control: Uint8Array, signers: Signers, mtime: number): Uint8Array {
  return signatureSection(control, signers, mtime)
}

function signatureSection(bytes: Uint8Array, signers: Signers, mtime: number): Uint8Array {
  const keys = Array.isArray(signers) ? (signers as readonly PrivateKey[]) : [signers as PrivateKey]
  return buildSignatureMember(keys.map((key) => ({ keyName: key.name, signature: key.sign(bytes), mtime })))
}
