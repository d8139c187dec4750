import { createHash } from 'node:crypto'

/** An OCI digest string (image-spec, descriptor.md). */
export type Digest = `sha256:${string}`

/** The SHA-1 of bytes, or of the UTF-8 of a text: 20 bytes. */
export function sha1(bytes: Uint8Array | string): Uint8Array {
  return createHash('sha1').update(bytes).digest()
}

/** The SHA-256 of bytes, or of the UTF-8 of a text: 32 bytes. */
export function sha256(bytes: Uint8Array | string): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/** The same as 40 hexadecimal digits. */
export function sha1Hex(bytes: Uint8Array | string): string {
  return createHash('sha1').update(bytes).digest('hex')
}

/** The same as 64 hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The SHA-512 of bytes, or of the UTF-8 of a text, as 128 hexadecimal digits. */
export function sha512Hex(bytes: Uint8Array | string): string {
  return createHash('sha512').update(bytes).digest('hex')
}

/** `sha256:<hex>` of the bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${sha256Hex(bytes)}`
}

/** Hex part of an OCI digest. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length)
}

/** Lower-case hexadecimal digits of bytes. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Bytes of an even-length hex text; undefined when it is not one. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined
  return new Uint8Array(Buffer.from(text, 'hex'))
}

/** Standard base64 with padding. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Bytes of strict standard base64 (alphabet `+/`, padding required); undefined when malformed. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  if (text.length <= SHORT) return fromShortBase64(text)
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return new Uint8Array(Buffer.from(text, 'base64'))
}

/** Digests are decoded by the ten thousand: for them a buffer costs more than the decoding. */
const SHORT = 64

function fromShortBase64(text: string): Uint8Array | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let bits = 0
  for (let i = 0, at = 0; i < digits; i++) {
    const digit = BASE64_DIGITS[text.charCodeAt(i)] ?? NO_DIGIT
    if (digit === NO_DIGIT) return undefined
    bits = (bits << 6) | digit
    const have = (i & 3) * 2 // of the byte that this digit completes, 0 for the first of four
    if (have > 0) bytes[at++] = bits >> (6 - have)
  }
  return bytes
}

const NO_DIGIT = 255
const BASE64_DIGITS = digitTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')

function digitTable(alphabet: string): Uint8Array {
  const digits = new Uint8Array(128).fill(NO_DIGIT)
  for (let i = 0; i < alphabet.length; i++) digits[alphabet.charCodeAt(i)] = i
  return digits
}

const BASE32_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 base32, upper case, padded. */
export function base32(bytes: Uint8Array): string {
  let bits = 0
  let value = 0
  let text = ''
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32_ALPHABET[(value >>> bits) & 31]
    }
    value &= (1 << bits) - 1
  }
  if (bits > 0) text += BASE32_ALPHABET[(value << (5 - bits)) & 31]
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=')
}
