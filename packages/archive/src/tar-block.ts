import { utf8, utf8Decode } from '@apkts/encoding'
import { ArchiveError } from './error.ts'
import { BLOCK, FIELD, type FieldName, headerChecksum, tarTypeOf } from './tar-format.ts'
import type { TarFormat, TarHeader } from './types.ts'

/**
 * Fields of one header block, extensions not merged yet.
 * @throws ArchiveError `TAR_INVALID` for a wrong checksum or a malformed number.
 */
export function parseBlock(block: Uint8Array): TarHeader {
  checkSum(block)
  const format = formatOf(block)
  const posix = format !== 'v7'
  const typeflag = String.fromCharCode(block[FIELD.typeflag[0]]!)
  const prefix = format === 'ustar' ? field(block, 'prefix') : ''
  const name = field(block, 'name')
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    type: tarTypeOf(typeflag),
    typeflag,
    mode: number(block, 'mode') & 0o7777,
    uid: number(block, 'uid'),
    gid: number(block, 'gid'),
    size: sizeField(block),
    mtime: number(block, 'mtime'),
    linkname: field(block, 'linkname'),
    uname: posix ? field(block, 'uname') : '',
    gname: posix ? field(block, 'gname') : '',
    devMajor: posix ? number(block, 'devMajor') : 0,
    devMinor: posix ? number(block, 'devMinor') : 0,
    pax: new Map(),
    format,
  }
}

function checkSum(block: Uint8Array): void {
  const stated = number(block, 'checksum')
  if (stated === headerChecksum(block) || stated === signedChecksum(block)) return
  throw invalid('a header checksum is wrong')
}

// Some historic writers summed signed bytes.
function signedChecksum(block: Uint8Array): number {
  const [start, length] = FIELD.checksum
  let sum = headerChecksum(block)
  for (let i = 0; i < BLOCK; i++) if ((i < start || i >= start + length) && block[i]! > 0x7f) sum -= 0x100
  return sum
}

function formatOf(block: Uint8Array): TarFormat {
  if (startsWith(block, USTAR)) return 'ustar'
  return startsWith(block, GNU) ? 'gnu' : 'v7'
}

const USTAR = utf8('ustar\0')
const GNU = utf8('ustar  \0')

function startsWith(block: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, i) => block[FIELD.magic[0] + i] === byte)
}

function sizeField(block: Uint8Array): number {
  const size = number(block, 'size')
  if (size < 0) throw invalid('an entry has a negative size')
  return size
}

function field(block: Uint8Array, name: FieldName): string {
  const [offset, length] = FIELD[name]
  return block[offset] === 0 ? '' : cString(block.subarray(offset, offset + length))
}

/** Text up to the first NUL. */
export function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return utf8Decode(end < 0 ? bytes : bytes.subarray(0, end))
}

function number(block: Uint8Array, name: FieldName): number {
  const [offset, length] = FIELD[name]
  const usual = digits(block, offset, offset + length)
  if (usual !== undefined) return usual
  const bytes = block.subarray(offset, offset + length)
  if ((bytes[0]! & 0x80) !== 0) return base256(bytes, name)
  const text = cString(trimmed(bytes))
  if (text === '') return 0
  if (!/^[0-7]+$/.test(text)) throw invalid(`field ${name} is not an octal number`)
  return Number.parseInt(text, 8)
}

/** Octal digits between spaces and zero bytes, as nearly every field is written; undefined for anything else. */
function digits(block: Uint8Array, start: number, end: number): number | undefined {
  let at = start
  while (at < end && isBlank(block[at]!)) at++
  let value = 0
  for (; at < end && block[at]! >= 0x30 && block[at]! <= 0x37; at++) value = value * 8 + block[at]! - 0x30
  while (at < end && isBlank(block[at]!)) at++
  return at === end ? value : undefined
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let start = 0
  let end = bytes.length
  while (start < end && isBlank(bytes[start]!)) start++
  while (end > start && isBlank(bytes[end - 1]!)) end--
  return bytes.subarray(start, end)
}

/** GNU's binary numbers: two's complement, big endian, the first bit only a mark. */
function base256(bytes: Uint8Array, name: FieldName): number {
  let value = BigInt(bytes[0]! & 0x7f)
  for (const byte of bytes.subarray(1)) value = (value << 8n) | BigInt(byte)
  const result = Number(BigInt.asIntN(bytes.length * 8 - 1, value))
  if (!Number.isSafeInteger(result)) throw invalid(`field ${name} is out of range`)
  return result
}

function invalid(problem: string): ArchiveError {
  return new ArchiveError('TAR_INVALID', `tar is malformed: ${problem}`)
}
