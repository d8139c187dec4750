import forge from 'node-forge'
import { bytesOf, type PemBlock } from './pem.ts'

/** PKCS#1 DER of an old-style encrypted RSA key; undefined for a wrong passphrase or an unknown cipher. */
export function decryptLegacy(block: PemBlock, passphrase: string): Uint8Array | undefined {
  try {
    const key = forge.pki.decryptRsaPrivateKey(block.text, passphrase) as forge.pki.rsa.PrivateKey | null
    if (key === null) return undefined
    return bytesOf(forge.asn1.toDer(forge.pki.privateKeyToAsn1(key)).getBytes())
  } catch {
    return undefined // a wrong passphrase shows as random plaintext, which forge refuses in many ways
  }
}
