import { createPublicKey, type KeyObject, verify as verifySignature } from 'node:crypto'
import { sha256Hex, sha512Hex } from '@apkts/encoding'
import { KeyringError } from './error.ts'
import { firstPemBlock, keyShape } from './pem.ts'
import { checkSize, type KeyPolicy } from './policy.ts'

/** Public keys by file name, such as `wolfi-signing.rsa.pub`; the values are PEM texts. */
export type Keys = ReadonlyMap<string, string>

/** A key that verifies. */
export interface PublicKey {
  readonly name: string
  /** The key alone, re-encoded as `PUBLIC KEY`. */
  readonly pem: string
  /** SHA-256 of the DER SubjectPublicKeyInfo, in hex. */
  readonly fingerprint: string
  readonly bits: number
  readonly keyObject: KeyObject
}

/** Hash of a signature entry's algorithm name. */
export type SignatureHash = 'sha1' | 'sha256' | 'sha512'

/**
 * Loads an RSA public key: the first PEM block of the text, a SubjectPublicKeyInfo whatever its label says.
 * @throws KeyringError `KEY_MALFORMED`, `KEY_NOT_RSA` or `KEY_TOO_SMALL`, saying what the block really is.
 */
export function loadPublicKey(pem: string, name: string, policy: KeyPolicy = {}): PublicKey {
  const { der } = firstPemBlock(pem, name)
  const shape = keyShape(der)
  if (shape.kind !== 'spki')
    throw new KeyringError('KEY_MALFORMED', wrongShape(name, shape.kind), { at: { file: name }, hint: SPKI_HINT })
  if (shape.algorithm !== 'RSA') {
    throw new KeyringError('KEY_NOT_RSA', `${name} is not an RSA key but ${shape.algorithm}`, { at: { file: name } })
  }
  const keyObject = importSpki(der, name)
  const bits = keyObject.asymmetricKeyDetails?.modulusLength ?? 0
  checkSize(bits, name, policy)
  const spki = keyObject.export({ type: 'spki', format: 'der' })
  const text = keyObject.export({ type: 'spki', format: 'pem' }).toString()
  return { name, pem: text, fingerprint: sha256Hex(spki), bits, keyObject }
}

const SPKI_HINT = 'Convert it with: openssl rsa -in KEY -pubout (add -RSAPublicKey_in for a PKCS#1 public key).'

function wrongShape(name: string, kind: string): string {
  const found = {
    'pkcs1-public': 'a PKCS#1 public key',
    'pkcs1-private': 'a private key',
    pkcs8: 'a private key',
    'pkcs8-encrypted': 'an encrypted private key',
    sec1: 'an EC private key',
    certificate: 'a certificate',
  }[kind]
  return `${name}: expected a public key (SubjectPublicKeyInfo), found ${found ?? 'something else'}`
}

function importSpki(der: Uint8Array, name: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new KeyringError('KEY_MALFORMED', `${name} is not a usable public key`, { at: { file: name }, cause })
  }
}

/** Checks an RSASSA-PKCS1-v1_5 signature (RFC 8017 §8.2) over the bytes. */
export function verify(bytes: Uint8Array, signature: Uint8Array, hash: SignatureHash, key: KeyObject): boolean {
  return verifySignature(hash, bytes, key, signature)
}

/** Key id of apk v3 in hex: the first 16 bytes of SHA-512 over the bare PKCS#1 key. */
export function keyIdV3(key: PublicKey): string {
  return sha512Hex(key.keyObject.export({ type: 'pkcs1', format: 'der' })).slice(0, 32)
}
