import { X509Certificate } from 'node:crypto'
import { sha256Hex } from '@apkts/encoding'
import { formatPem, type PemBlock, parsePem } from './pem.ts'

/** One X.509 certificate in its canonical encodings. */
export interface Certificate {
  readonly pem: string
  readonly der: Uint8Array
  /** Hex SHA-256 of the DER form. */
  readonly fingerprint: string
}

/** The certificate of a text that holds exactly one PEM block; otherwise what is wrong with the text. */
export function readCertificate(text: string): Certificate | { readonly problem: string } {
  const blocks = parsePem(text)
  const block = blocks[0]
  if (block === undefined) return { problem: 'expected a PEM block, found none' }
  if (blocks.length > 1) return { problem: `expected one PEM block, found multiple (${blocks.length})` }
  if (block.type !== 'CERTIFICATE') return { problem: `expected a PEM block of type CERTIFICATE, found ${block.type}` }
  if (!isX509(block)) return { problem: 'the PEM block does not hold an X.509 certificate' }
  return { pem: formatPem(block), der: block.bytes, fingerprint: sha256Hex(block.bytes) }
}

function isX509({ bytes }: PemBlock): boolean {
  try {
    return new X509Certificate(bytes).raw.length === bytes.length
  } catch (error) {
    // OpenSSL reports a malformed certificate with codes of its own, all in this family.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_OSSL')) return false
    throw error
  }
}
