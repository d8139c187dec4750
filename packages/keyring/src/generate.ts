import { generateKeyPair as generate } from 'node:crypto'
import { promisify } from 'node:util'
import { KeyringError } from './error.ts'

/** A key pair as texts. */
export interface KeyPairPem {
  /** PKCS#1, `RSA PRIVATE KEY`. */
  readonly privatePem: string
  /** SubjectPublicKeyInfo, `PUBLIC KEY`. */
  readonly publicPem: string
}

const DEFAULT_BITS = 4096
const MINIMUM_NEW_BITS = 2048

/** Makes an RSA key pair with exponent 65537. @throws KeyringError `KEY_TOO_SMALL` below 2048 bits. */
export async function generateKeyPair(options: { readonly bits?: number } = {}): Promise<KeyPairPem> {
  const bits = options.bits ?? DEFAULT_BITS
  if (!Number.isInteger(bits) || bits < MINIMUM_NEW_BITS) {
    throw new KeyringError('KEY_TOO_SMALL', `a new key needs at least ${MINIMUM_NEW_BITS} bits, not ${bits}`)
  }
  const { privateKey, publicKey } = await promisify(generate)('rsa', {
    modulusLength: bits,
    publicExponent: 65537,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return { privatePem: privateKey, publicPem: publicKey }
}
