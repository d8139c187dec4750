import { utf8 } from '@apkts/encoding'
import { FIELD, type FieldName, headerChecksum } from './tar-format.ts'

/** Writes an ASCII text, cut to the field. */
export function putText(block: Uint8Array, field: FieldName, text: string): void {
  const [offset, length] = FIELD[field]
  if (text.length > length) {
    putBytes(block, field, utf8(text))
    return
  }
  // A hot path: tens of thousands of headers an image, ten texts each. A loop takes a third of what an encoder does.
  for (let i = 0; i < text.length; i++) block[offset + i] = text.charCodeAt(i)
  block.fill(0, offset + text.length, offset + length)
}

/** Writes bytes, cut to the field and padded with zeros. */
export function putBytes(block: Uint8Array, field: FieldName, bytes: Uint8Array): void {
  const [offset, length] = FIELD[field]
  block.fill(0, offset, offset + length)
  block.set(bytes.subarray(0, length), offset)
  if (bytes.length <= length || block[offset + length - 1] !== 0x2f) return
  // A cut name that ends in a slash would look like a directory to old readers; Go ends it there.
  let end = length
  while (end > 0 && block[offset + end - 1] === 0x2f) end--
  block[offset + end] = 0
}

/** Writes zero-padded octal digits and a NUL; 0 when the number does not fit. */
export function putOctal(block: Uint8Array, field: FieldName, value: number): void {
  const [offset, length] = FIELD[field]
  let rest = fitsOctal(value, field) ? value : 0
  block[offset + length - 1] = 0
  for (let i = length - 2; i >= 0; i--) {
    block[offset + i] = 0x30 + (rest % 8)
    rest = Math.floor(rest / 8)
  }
}

/** Whether the field can hold the number as octal digits. */
export function fitsOctal(value: number, field: FieldName): boolean {
  return value >= 0 && value < OCTAL_LIMIT[FIELD[field][1]]!
}

/** By the length of a field, which ends in a NUL: the first number that does not fit. */
const OCTAL_LIMIT: readonly number[] = Array.from({ length: 13 }, (_, length) => 8 ** (length - 1))

/** GNU's form for numbers that octal digits cannot hold: two's complement, big endian, first bit set. */
export function putBase256(block: Uint8Array, field: FieldName, value: number): void {
  const [offset, length] = FIELD[field]
  let rest = BigInt(value)
  for (let i = length - 1; i >= 0; i--) {
    block[offset + i] = Number(BigInt.asUintN(8, rest))
    rest >>= 8n
  }
  block[offset]! |= 0x80
}

/** Completes a header block. */
export function putChecksum(block: Uint8Array): Uint8Array {
  const text = `${headerChecksum(block).toString(8).padStart(6, '0')}\0 `
  block.set(utf8(text), FIELD.checksum[0])
  return block
}
