import { rootFile } from '@apkts/apk'
import { goGzip, inflateMember, scanTar, writeTar } from '@apkts/archive'
import { KeyringError } from './error.ts'
import type { SignatureHash } from './public-key.ts'

/** One `.SIGN.<algorithm>.<key>` entry. */
export interface Signature {
  readonly entry: string
  readonly algorithm: string
  readonly keyName: string
  readonly signature: Uint8Array
}

/** Hash of each signature algorithm name of apk v2. */
export const HASHES: Readonly<Record<string, SignatureHash>> = {
  DSA: 'sha1',
  RSA: 'sha1',
  RSA256: 'sha256',
  RSA512: 'sha512',
}

/** A signature and the name of the key that checks it. */
export interface SignatureInput {
  /** File name of the public key. */
  readonly keyName: string
  readonly signature: Uint8Array
  /** Seconds since 1970: the build time for packages, 0 for indexes. */
  readonly mtime: number
}

/** The gzip member that goes in front of signed bytes: one tar entry or several, no end marker. */
export function buildSignatureMember(input: SignatureInput | readonly SignatureInput[]): Uint8Array {
  const inputs = Array.isArray(input) ? (input as readonly SignatureInput[]) : [input as SignatureInput]
  const entries = inputs.map(({ keyName, signature, mtime }) =>
    rootFile(`.SIGN.RSA256.${keyName}`, signature, 0o644, mtime),
  )
  return goGzip(writeTar(entries, { end: false }))
}

const ENTRY = /^\.SIGN\.([^.]+)\.(.+)$/

/**
 * Reads the signature member a file starts with. `end` is where the signed bytes begin. Everything that could carry over
 * into the signed part is refused: other entries, extension headers without an entry, an end-of-archive marker.
 * @throws KeyringError `UNSIGNED` when the first entry is no signature, `SIGNATURE_MEMBER` otherwise.
 */
export function readSignatureMember(
  bytes: Uint8Array,
  file: string,
  limit: number,
): { signatures: Signature[]; end: number } {
  const { data, end } = inflateMember(bytes, 0, limit)
  const { members, endMarker, danglingExtension } = scanTar(data)
  const first = members[0]?.header.path ?? ''
  if (!first.startsWith('.SIGN.')) throw unsigned(file, first)
  if (endMarker || danglingExtension) throw invalid(file, 'the signature member does not stop after its last entry')
  const signatures = members.map(({ header, content }) => {
    const match = header.type === 'file' ? ENTRY.exec(header.path) : null
    if (match === null) throw invalid(file, `the signature member has an entry ${header.path}`)
    return { entry: header.path, algorithm: match[1]!, keyName: match[2]!, signature: content }
  })
  return { signatures, end }
}

function unsigned(file: string, entry: string): KeyringError {
  return new KeyringError('UNSIGNED', `${file} is not signed: expected an entry .SIGN.…, found ${entry || 'nothing'}`, {
    at: { file },
    hint: 'Sign it with: melange-ts sign-index, or ignore signatures explicitly.',
  })
}

function invalid(file: string, problem: string): KeyringError {
  return new KeyringError('SIGNATURE_MEMBER', `${file}: ${problem}`, { at: { file } })
}
