import { type ApkLimits, checkStart, limitOf, sectionError } from '@apkts/apk'
import { ArchiveError } from '@apkts/archive'
import { messageOf } from '@apkts/diagnostics'
import { KeyringError } from './error.ts'
import { expiredSince, type KeyPolicy } from './policy.ts'
import { type Keys, loadPublicKey, type SignatureHash, verify } from './public-key.ts'
import { HASHES, readSignatureMember, type Signature } from './signature-member.ts'

/** The part of an index that a known key vouches for. */
export interface VerifiedIndex {
  /** What the signature covers; a view. Only these bytes may be parsed. */
  readonly signedBytes: Uint8Array
  /** Name of the key that verified it, as it is in the keyring. */
  readonly keyName: string
  /** Signatures that were passed over, and why. */
  readonly warnings: string[]
}

const INDEX_SIGNATURE = /^\.SIGN\.(DSA|RSA|RSA256|RSA512)\.(.*\.rsa\.pub)$/

/** Limits and policy of a verification. */
export interface VerifyIndexOptions {
  readonly limits?: ApkLimits | undefined
  readonly policy?: KeyPolicy
}

/**
 * Checks the signature of an `APKINDEX.tar.gz` like apko: one good signature by a known key suffices, bad ones and
 * unknown keys are warnings as long as another one holds. `source` names the index in messages.
 * @throws KeyringError `NO_KEYS`, `KEY_NAME`, `UNSIGNED`, `SIGNATURE_MEMBER`, `SIGNATURE_UNKNOWN_KEY` or `SIGNATURE_BAD`.
 */
export function verifyIndex(
  bytes: Uint8Array,
  keys: Keys,
  source: string,
  { limits, policy = {} }: VerifyIndexOptions = {},
): VerifiedIndex {
  checkStart(bytes, source)
  checkKeys(keys, source)
  const { signatures, end } = readMember(bytes, source, limits)
  const signedBytes = bytes.subarray(end)
  const warnings: string[] = []
  const candidates = signatures.flatMap((signature) => candidateOf(signature, keys, source, warnings))
  if (candidates.length === 0) throw unknownKey(signatures, keys, source, warnings)
  for (const candidate of candidates) {
    const problem = tryCandidate(candidate, signedBytes, policy)
    if (problem === undefined) return { signedBytes, keyName: candidate.name, warnings }
    warnings.push(`${source}: ${candidate.signature.entry}: ${problem}`)
  }
  throw new KeyringError('SIGNATURE_BAD', `${source}: no signature verifies with the keys at hand`, {
    at: { file: source },
    hint: 'The index is damaged or changed, or a key of the same name but another pair is in the keyring.',
    notes: warnings,
  })
}

function checkKeys(keys: Keys, source: string): void {
  if (keys.size === 0) {
    throw new KeyringError('NO_KEYS', `${source}: no keys provided to verify its signature`, {
      at: { file: source },
      hint: 'Add the repository key under contents.keyring or with --keyring-append.',
    })
  }
  for (const name of keys.keys()) {
    if (name.includes('/')) throw new KeyringError('KEY_NAME', `key name ${JSON.stringify(name)} contains a slash`)
  }
}

function readMember(bytes: Uint8Array, source: string, limits?: ApkLimits): { signatures: Signature[]; end: number } {
  try {
    return readSignatureMember(bytes, source, limitOf(limits, 'index'))
  } catch (error) {
    throw error instanceof ArchiveError ? sectionError(error, source, 'signature') : error
  }
}

interface Candidate {
  readonly signature: Signature
  readonly name: string
  readonly pem: string
  readonly hash: SignatureHash
}

/** The key for a signature, if apko would use it; notes why not. */
function candidateOf(signature: Signature, keys: Keys, source: string, warnings: string[]): Candidate[] {
  const { entry } = signature
  const match = INDEX_SIGNATURE.exec(entry)
  if (match === null) {
    throw new KeyringError('SIGNATURE_MEMBER', `${source}: ${entry} is not a signature name apko accepts`, {
      at: { file: source },
      hint: 'Expected .SIGN.RSA256.<key file>.rsa.pub; the key file must end in .rsa.pub.',
    })
  }
  const [, algorithm = '', keyName = ''] = match
  const name = findKey(keys, keyName)
  if (name === undefined) warnings.push(`${source}: ${entry}: the key ${keyName} is not in the keyring`)
  else if (algorithm === 'RSA' || algorithm === 'RSA256') {
    return [{ signature, name, pem: keys.get(name)!, hash: HASHES[algorithm]! }]
  } else warnings.push(`${source}: ${entry}: signatures of type ${algorithm} are not used for indexes`)
  return []
}

const SUFFIX = '.rsa.pub'

/**
 * Name in the keyring of the key a signature asks for: exact; without `.rsa.pub`; or, for keys stored under the last
 * element of a URL as written, the one that is equal once the query is cut and percent escapes are undone.
 */
function findKey(keys: Keys, wanted: string): string | undefined {
  if (keys.has(wanted)) return wanted
  const bare = wanted.slice(0, -SUFFIX.length)
  if (keys.has(bare)) return bare
  return [...keys.keys()].find((name) => plainName(name) === wanted)
}

function plainName(name: string): string {
  const path = name.replace(/\?.*$/, '')
  return path.replace(/%[0-9a-fA-F]{2}/g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
}

function tryCandidate(
  { signature, name, pem, hash }: Candidate,
  signed: Uint8Array,
  policy: KeyPolicy,
): string | undefined {
  const expired = expiredSince(name, policy)
  if (expired !== undefined) return `the key ${name} expired on ${expired}`
  try {
    const { keyObject } = loadPublicKey(pem, name, policy)
    return verify(signed, signature.signature, hash, keyObject) ? undefined : `does not verify with ${name}`
  } catch (error) {
    if (error instanceof KeyringError) return messageOf(error)
    throw error
  }
}

function unknownKey(signatures: readonly Signature[], keys: Keys, source: string, warnings: string[]): KeyringError {
  const wanted = signatures.map(({ keyName }) => keyName).join(', ')
  return new KeyringError(
    'SIGNATURE_UNKNOWN_KEY',
    `${source} is signed by ${wanted}; no usable signature is by one of the keys at hand: ${[...keys.keys()].join(', ')}`,
    {
      at: { file: source },
      hint: 'Add the repository key under contents.keyring or with --keyring-append.',
      notes: warnings,
    },
  )
}
