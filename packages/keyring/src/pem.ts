import 'node-forge/lib/asn1.js'
import 'node-forge/lib/pem.js'
import type { asn1 } from 'node-forge'
import forge from 'node-forge/lib/forge.js' // these parts take 5 ms to load, all of it 25: every build reads keys
import { KeyringError } from './error.ts'

/** The first PEM block of a text. */
export interface PemBlock {
  readonly label: string
  readonly der: Uint8Array
  /** The block alone, without the text around it. */
  readonly text: string
  /** True for the old `Proc-Type: 4,ENCRYPTED` form. */
  readonly legacyEncrypted: boolean
}

const FIRST_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/
const SIZE_LIMIT = 1 << 20

/** Finds and decodes the first PEM block; text around it is ignored. @throws KeyringError `KEY_MALFORMED`. */
export function firstPemBlock(text: string, name: string): PemBlock {
  const match = text.length > SIZE_LIMIT ? null : FIRST_BLOCK.exec(text)
  if (match === null) throw malformed(name, 'it has no PEM block')
  try {
    const [message] = forge.pem.decode(match[0])
    return {
      label: match[1]!,
      der: bytesOf(message!.body),
      text: match[0],
      legacyEncrypted: (message as { procType?: { type?: string } | null }).procType?.type === 'ENCRYPTED',
    }
  } catch (cause) {
    throw malformed(name, 'its PEM block cannot be decoded', cause)
  }
}

/** What the DER of a key holds, judged by its ASN.1 structure, because labels lie. */
export type KeyShape =
  | { readonly kind: 'spki'; readonly algorithm: string }
  | { readonly kind: 'pkcs8'; readonly algorithm: string }
  | { readonly kind: 'pkcs8-encrypted' }
  | { readonly kind: 'pkcs1-public' }
  | { readonly kind: 'pkcs1-private' }
  | { readonly kind: 'sec1' }
  | { readonly kind: 'certificate' }
  | { readonly kind: 'unknown' }

const { Type } = forge.asn1
const SHAPES: readonly (readonly [KeyShape['kind'], readonly (number | undefined)[]])[] = [
  ['spki', [Type.SEQUENCE, Type.BITSTRING]],
  ['pkcs8', [Type.INTEGER, Type.SEQUENCE, Type.OCTETSTRING]],
  ['pkcs8-encrypted', [Type.SEQUENCE, Type.OCTETSTRING]],
  ['sec1', [Type.INTEGER, Type.OCTETSTRING]],
  ['certificate', [Type.SEQUENCE, Type.SEQUENCE, Type.BITSTRING]],
  ['pkcs1-private', new Array(9).fill(Type.INTEGER)],
  ['pkcs1-public', [Type.INTEGER, Type.INTEGER]],
]

/** Recognises the structures of RFC 5280 (SPKI, certificate), RFC 5958 (PKCS#8), RFC 8017 (PKCS#1) and SEC 1. */
export function keyShape(der: Uint8Array): KeyShape {
  const fields = sequenceFields(der)
  const found = SHAPES.find(([, types]) => types.every((type, i) => fields[i]?.type === type))
  const kind = found?.[0] ?? 'unknown'
  if (kind === 'spki') return { kind, algorithm: algorithmOf(fields[0]) }
  if (kind === 'pkcs8') return { kind, algorithm: algorithmOf(fields[1]) }
  return { kind } as KeyShape
}

function sequenceFields(der: Uint8Array): asn1.Asn1[] {
  try {
    const { type, value } = forge.asn1.fromDer(forge.util.createBuffer(binary(der)), { parseAllBytes: false } as never)
    return type === Type.SEQUENCE && Array.isArray(value) ? value : []
  } catch {
    return [] // forge throws plain errors for whatever is not DER
  }
}

function algorithmOf(identifier: asn1.Asn1 | undefined): string {
  const oid = Array.isArray(identifier?.value) ? identifier.value[0] : undefined
  if (oid?.type !== Type.OID || typeof oid.value !== 'string') return 'unknown'
  const dotted = forge.asn1.derToOid(forge.util.createBuffer(oid.value))
  return ALGORITHMS[dotted] ?? dotted
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'RSA',
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '1.2.840.10045.2.1': 'EC',
  '1.2.840.10040.4.1': 'DSA',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** The bytes that forge keeps as the characters of a text. */
export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

function malformed(name: string, problem: string, cause?: unknown): KeyringError {
  return new KeyringError('KEY_MALFORMED', `${name} is not a usable key: ${problem}`, { at: { file: name }, cause })
}
