import { createPublicKey, type KeyObject } from 'node:crypto'
import {
  ApkError,
  type ApkLimits,
  checkIntegrity,
  checkStart,
  limitOf,
  type PkgInfo,
  parsePkgInfo,
  sectionError,
} from '@apkts/apk'
import { inflateMember, type ScannedTar, scanTar } from '@apkts/archive'
import { sha1, sha256, utf8Decode } from '@apkts/encoding'
import { KeyringError } from './error.ts'
import { firstPemBlock } from './pem.ts'
import { type Keys, verify } from './public-key.ts'
import { HASHES } from './signature-member.ts'

/** Whether a package may be trusted: signed by a known key, by none that is known, or badly. */
export type VerifyOutcome = 'ok' | 'untrusted' | 'bad-signature'

/** What the signatures of a package are worth. */
export interface PackageVerification {
  readonly outcome: VerifyOutcome
  readonly pkgInfo: PkgInfo
  /** The key that was tried, when one was selected. */
  readonly keyName?: string
  /** What was thought of each signature entry, in order. */
  readonly notes: readonly string[]
}

/**
 * Checks a package file with the rules of apk-tools, which are stricter than apko's: the first signature by a key of
 * exactly that name decides, sections have no end markers, and there is one data member and nothing after it.
 * @throws ApkError or KeyringError `PACKAGE_FORMAT` for a file apk-tools refuses whatever its signature.
 */
export function verifyPackage(
  bytes: Uint8Array,
  keys: Keys,
  file = 'package',
  limits?: ApkLimits,
): PackageVerification {
  const parts = readParts(bytes, file, limits)
  const pkgInfo = parsePkgInfo(parts.pkgInfoText, `${file}: .PKGINFO`)
  if (pkgInfo.dataHash === '') throw formatProblem(file, '.PKGINFO has no datahash')
  checkIntegrity({ sections: parts.sections, pkgInfo }, file)
  const notes: string[] = []
  const selected = select(parts.signatures, keys, notes)
  if (selected === undefined) return { outcome: 'untrusted', pkgInfo, notes }
  const good = verify(parts.control, selected.content, selected.hash, selected.key)
  notes.push(`${selected.entry}: ${good ? 'verified with' : 'does not verify with'} ${selected.name}`)
  return { outcome: good ? 'ok' : 'bad-signature', pkgInfo, keyName: selected.name, notes }
}

interface Parts {
  readonly signatures: readonly { readonly entry: string; readonly content: Uint8Array }[]
  readonly control: Uint8Array
  readonly pkgInfoText: string
  readonly sections: Parameters<typeof checkIntegrity>[0]['sections']
}

function readParts(bytes: Uint8Array, file: string, limits: ApkLimits | undefined): Parts {
  checkStart(bytes, file)
  try {
    const signatures: { entry: string; content: Uint8Array }[] = []
    let member = readMember(bytes, 0, limitOf(limits, 'control'))
    while (member.tar.members[0]?.header.path.startsWith('.SIGN.') === true) {
      refuseEndMarker(member.tar, 'signature', file)
      signatures.push(...member.tar.members.map(({ header, content }) => ({ entry: header.path, content })))
      member = readMember(bytes, member.end, limitOf(limits, 'control'))
    }
    refuseEndMarker(member.tar, 'control', file)
    const control = bytes.subarray(member.offset, member.end)
    const data = bytes.subarray(member.end)
    checkData(data, file, limits)
    return {
      signatures,
      control,
      pkgInfoText: pkgInfoText(member.tar, file),
      sections: {
        control: { offset: member.offset, length: control.length, digest: sha1(control) },
        data: { offset: member.end, length: data.length, digest: sha256(data) },
      },
    }
  } catch (error) {
    throw sectionError(error, file, 'package')
  }
}

function readMember(
  bytes: Uint8Array,
  offset: number,
  limit: number,
): { tar: ScannedTar; offset: number; end: number } {
  const { data, end } = inflateMember(bytes, offset, limit)
  return { tar: scanTar(data), offset, end }
}

function refuseEndMarker(tar: ScannedTar, part: string, file: string): void {
  if (tar.endMarker) throw formatProblem(file, `the ${part} section has an end-of-archive marker`)
}

function pkgInfoText(tar: ScannedTar, file: string): string {
  const member = tar.members.find(({ header }) => header.path === '.PKGINFO')
  if (member === undefined) throw formatProblem(file, 'the control section has no .PKGINFO')
  return utf8Decode(member.content)
}

function checkData(data: Uint8Array, file: string, limits: ApkLimits | undefined): void {
  if (data.length === 0) throw new ApkError('PACKAGE_NO_DATA', `${file}: the data section is missing`, { at: { file } })
  const { data: tar, end } = inflateMember(data, 0, limitOf(limits, 'data'))
  if (end !== data.length) throw formatProblem(file, 'the data section is followed by further bytes')
  for (const { header } of scanTar(tar).members) {
    if (header.format === 'v7') throw formatProblem(file, `${header.path} has no ustar header`)
  }
}

interface Selected {
  readonly entry: string
  readonly content: Uint8Array
  readonly name: string
  readonly hash: 'sha1' | 'sha256' | 'sha512'
  readonly key: KeyObject
}

const ENTRY = /^\.SIGN\.([^.]+)\.(.+)$/
const SIGNATURE_LIMIT = 65_536

/** The first signature of a known type by a known, loadable key; later ones are not looked at. */
function select(signatures: Parts['signatures'], keys: Keys, notes: string[]): Selected | undefined {
  for (const { entry, content } of signatures) {
    const [, algorithm = '', name = ''] = ENTRY.exec(entry) ?? []
    const hash = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined
    const pem = keys.get(name)
    const key = pem === undefined ? undefined : loadAnyKey(pem, name)
    if (hash === undefined) notes.push(`${entry}: the algorithm is unknown`)
    else if (content.length > SIGNATURE_LIMIT) notes.push(`${entry}: longer than ${SIGNATURE_LIMIT} bytes`)
    else if (key === undefined)
      notes.push(`${entry}: ${pem === undefined ? 'no key of that name' : 'its key cannot be loaded'}`)
    else return { entry, content, name, hash, key }
  }
  return undefined
}

// Unlike apko, apk-tools takes keys of any kind.
function loadAnyKey(pem: string, name: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(firstPemBlock(pem, name).der), format: 'der', type: 'spki' })
  } catch {
    return undefined // noted by the caller
  }
}

function formatProblem(file: string, problem: string): KeyringError {
  return new KeyringError('PACKAGE_FORMAT', `${file}: ${problem}`, { at: { file } })
}
