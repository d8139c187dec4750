import { createPrivateKey, createPublicKey, type KeyObject, sign as signBytes } from 'node:crypto'
import { basename } from 'node:path'
import { KeyringError } from './error.ts'
import { decryptLegacy } from './legacy-pem.ts'
import { firstPemBlock, keyShape, type PemBlock } from './pem.ts'
import { checkSize, type KeyPolicy } from './policy.ts'

/** A key that signs. */
export interface PrivateKey {
  /** File name of the matching public key, as signatures carry it: `melange.rsa.pub`. */
  readonly name: string
  readonly publicPem: string
  /** RSASSA-PKCS1-v1_5 with SHA-256; the same bytes give the same signature. */
  sign(bytes: Uint8Array): Uint8Array
}

/** How a private key is opened. */
export interface LoadPrivateKeyOptions extends Pick<KeyPolicy, 'minimumBits'> {
  readonly passphrase?: string | undefined
}

/** Name of the public key that belongs to a private key file. */
export function publicKeyName(privatePath: string): string {
  return `${basename(privatePath)}.pub`
}

/**
 * Loads an RSA private key: PKCS#1 or PKCS#8, plain or encrypted (also in the old `Proc-Type` form). `name` is the name
 * or path of the private key file.
 * @throws KeyringError `KEY_MALFORMED`, `KEY_NOT_RSA`, `KEY_TOO_SMALL` or `KEY_PASSPHRASE`.
 */
export function loadPrivateKey(pem: string, name: string, options: LoadPrivateKeyOptions = {}): PrivateKey {
  const key = importPrivate(firstPemBlock(pem, name), name, options.passphrase)
  if (key.asymmetricKeyType !== 'rsa') {
    throw new KeyringError('KEY_NOT_RSA', `${name} is not an RSA key but ${key.asymmetricKeyType ?? 'unknown'}`, {
      at: { file: name },
    })
  }
  checkSize(key.asymmetricKeyDetails?.modulusLength ?? 0, name, options)
  return {
    name: publicKeyName(name),
    publicPem: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    sign: (bytes) => signBytes('sha256', bytes, key),
  }
}

function importPrivate(block: PemBlock, name: string, passphrase: string | undefined): KeyObject {
  if (block.legacyEncrypted) return importDer(legacyDer(block, name, passphrase), 'pkcs1', name)
  const shape = keyShape(block.der)
  switch (shape.kind) {
    case 'pkcs1-private':
      return importDer(block.der, 'pkcs1', name)
    case 'pkcs8':
      return importDer(block.der, 'pkcs8', name)
    case 'sec1':
      return importDer(block.der, 'sec1', name)
    case 'pkcs8-encrypted':
      return importEncrypted(block, name, needed(passphrase, name))
    default:
      throw malformed(
        name,
        shape.kind === 'spki' || shape.kind === 'pkcs1-public' ? 'it is a public key' : 'it is no private key',
      )
  }
}

function legacyDer(block: PemBlock, name: string, passphrase: string | undefined): Uint8Array {
  const der = decryptLegacy(block, needed(passphrase, name))
  if (der === undefined) throw wrongPassphrase(name)
  return der
}

function importDer(der: Uint8Array, type: 'pkcs1' | 'pkcs8' | 'sec1', name: string): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type })
  } catch (cause) {
    throw malformed(name, 'its numbers make no key', cause)
  }
}

function importEncrypted(block: PemBlock, name: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(block.der), format: 'der', type: 'pkcs8', passphrase })
  } catch (cause) {
    throw wrongPassphrase(name, cause)
  }
}

function needed(passphrase: string | undefined, name: string): string {
  if (passphrase !== undefined) return passphrase
  throw new KeyringError('KEY_PASSPHRASE', `${name} is encrypted but no passphrase was given`, { at: { file: name } })
}

function wrongPassphrase(name: string, cause?: unknown): KeyringError {
  return new KeyringError(
    'KEY_PASSPHRASE',
    `${name} cannot be decrypted: the passphrase is wrong or the cipher unknown`,
    {
      at: { file: name },
      cause,
    },
  )
}

function malformed(name: string, problem: string, cause?: unknown): KeyringError {
  return new KeyringError('KEY_MALFORMED', `${name} is not a usable private key: ${problem}`, {
    at: { file: name },
    hint: 'Expected a PEM file with an RSA private key, as melange-ts keygen writes it.',
    cause,
  })
}
