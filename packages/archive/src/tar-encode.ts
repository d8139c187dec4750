import { posix } from 'node:path'
import { concatBytes, isAscii, utf8 } from '@apkts/encoding'
import { ArchiveError } from './error.ts'
import { formatPaxRecords } from './pax.ts'
import { fitsOctal, putBase256, putBytes, putChecksum, putOctal, putText } from './tar-fields.ts'
import { BLOCK, FIELD, type FieldName, hasContent, paddingLength, TYPEFLAG } from './tar-format.ts'
import { plainHeader } from './tar-plain.ts'
import type { TarHeader } from './types.ts'

/** End-of-archive marker: two zero blocks. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK)

const ZEROS = new Uint8Array(BLOCK)
const paddings: Uint8Array[] = []

/** Zeros between content of that size and the next header; not to be changed. */
export function tarPadding(size: number): Uint8Array {
  const length = paddingLength(size)
  paddings[length] ??= ZEROS.subarray(0, length)
  return paddings[length]
}

/**
 * Header bytes of an entry, including a preceding pax or GNU extension where one is needed; a multiple of 512.
 * Byte-identical to Go's `archive/tar` writer: plain ustar when everything fits, else pax.
 * @throws ArchiveError `TAR_NOT_REPRESENTABLE` for a NUL in a text, a negative number, or a device number over 21 bits.
 */
export function encodeTarHeader(header: TarHeader): Uint8Array {
  return plainHeader(header, encodeUstar) ?? encodeAny(header)
}

function encodeAny(header: TarHeader): Uint8Array {
  checkHeader(header)
  if (header.format === 'gnu' && header.pax.size === 0) return encodeGnu(header)
  const needs = paxNeeds(header)
  if (needs.size === 0 && header.pax.size === 0) return encodeUstar(header)
  const records = new Map([...header.pax, ...needs])
  const longPath = utf8(header.path).length > FIELD.name[1]
  if (longPath) records.set('path', utf8(header.path)) // never the prefix field beside pax records
  return encodePax(header, records)
}

/** Records for the values that plain ustar fields cannot hold. */
function paxNeeds(header: TarHeader): Map<string, Uint8Array> {
  const needs = new Map<string, Uint8Array>()
  const text = (key: string, value: string, field: FieldName, fits = false) => {
    if (!isAscii(value) || (!fits && value.length > FIELD[field][1])) needs.set(key, utf8(value))
  }
  const number = (key: string, value: number, field: FieldName) => {
    if (!fitsOctal(value, field)) needs.set(key, utf8(String(value)))
  }
  text('path', header.path, 'name', splitPath(header.path) !== undefined)
  text('linkpath', header.linkname, 'linkname')
  text('uname', header.uname, 'uname')
  text('gname', header.gname, 'gname')
  number('uid', header.uid, 'uid')
  number('gid', header.gid, 'gid')
  number('size', contentSize(header), 'size')
  number('mtime', timeOf(header), 'mtime')
  return needs
}

function checkHeader(header: TarHeader): void {
  for (const text of ['path', 'linkname', 'uname', 'gname'] as const) {
    if (header[text].includes('\0')) throw notRepresentable(header, `${text} contains NUL`)
  }
  for (const field of ['devMajor', 'devMinor'] as const) {
    if (!fitsOctal(header[field], field)) throw notRepresentable(header, `${field} ${header[field]} is out of range`)
  }
  if (header.path.endsWith('/') && PLAIN_TYPES.has(header.type)) {
    throw notRepresentable(header, `the name of a ${header.type} may not end in a slash`)
  }
}

// Links may point to directories, so their names may look like one.
const PLAIN_TYPES = new Set<TarHeader['type']>(['file', 'character-device', 'block-device', 'fifo'])

/** What Go calls the zero time, the start of year 1. Its writer takes it for "not set". */
const ZERO_TIME = -62135596800

function timeOf(header: TarHeader): number {
  return header.mtime === ZERO_TIME ? 0 : header.mtime
}

function encodeUstar(header: TarHeader): Uint8Array {
  const block = new Uint8Array(BLOCK)
  fillHeader(block, header)
  const split = splitPath(header.path)
  if (split !== undefined) {
    putText(block, 'name', split.name)
    putText(block, 'prefix', split.prefix)
  }
  return seal(block)
}

function encodePax(header: TarHeader, records: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const { dir, base } = splitLast(header.path)
  const main = new Uint8Array(BLOCK)
  fillHeader(main, header)
  return concatBytes([
    extension('x', asciiOnly(posix.join(dir, 'PaxHeaders.0', base)), formatPaxRecords(records)),
    seal(main),
  ])
}

function extension(typeflag: string, path: string, body: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK)
  putText(block, 'name', path.slice(0, FIELD.name[1]).replace(/\/+$/, ''))
  for (const field of ['mode', 'uid', 'gid', 'mtime'] as const) putOctal(block, field, 0)
  putOctal(block, 'size', body.length)
  putText(block, 'typeflag', typeflag)
  return concatBytes([seal(block), body, tarPadding(body.length)])
}

const GNU_MAGIC = 'ustar  '

function encodeGnu(header: TarHeader): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [flag, value] of [
    ['L', header.path],
    ['K', header.linkname],
  ] as const) {
    const bytes = utf8(value)
    if (bytes.length <= FIELD.name[1] || bytes.includes(0)) continue
    const block = extension(flag, '././@LongLink', concatBytes([bytes, new Uint8Array(1)]))
    parts.push(markGnu(block.subarray(0, BLOCK)), block.subarray(BLOCK))
  }
  const block = new Uint8Array(BLOCK)
  fillHeader(block, header)
  for (const [field, value] of [
    ['name', header.path],
    ['linkname', header.linkname],
    ['uname', header.uname],
    ['gname', header.gname],
  ] as const) {
    putBytes(block, field, utf8(value))
  }
  const numbers = { uid: header.uid, gid: header.gid, size: contentSize(header), mtime: timeOf(header) }
  for (const field of ['uid', 'gid', 'size', 'mtime'] as const) {
    if (!fitsOctal(numbers[field], field)) putBase256(block, field, numbers[field])
  }
  return concatBytes([...parts, markGnu(block)])
}

function markGnu(block: Uint8Array): Uint8Array {
  block.fill(0, FIELD.magic[0], FIELD.uname[0])
  block.set(utf8(GNU_MAGIC), FIELD.magic[0])
  return putChecksum(block)
}

/** Everything both flavours share; texts lose non-ASCII characters and what does not fit, such numbers become 0. */
function fillHeader(block: Uint8Array, header: TarHeader): void {
  putText(block, 'name', asciiOnly(header.path))
  putOctal(block, 'mode', header.mode & 0o7777)
  putOctal(block, 'uid', header.uid)
  putOctal(block, 'gid', header.gid)
  putOctal(block, 'size', contentSize(header))
  putOctal(block, 'mtime', timeOf(header))
  putText(block, 'typeflag', header.type === 'other' ? (header.typeflag ?? '0') : TYPEFLAG[header.type])
  putText(block, 'linkname', asciiOnly(header.linkname))
  putText(block, 'uname', asciiOnly(header.uname))
  putText(block, 'gname', asciiOnly(header.gname))
  putOctal(block, 'devMajor', header.devMajor)
  putOctal(block, 'devMinor', header.devMinor)
}

function contentSize(header: TarHeader): number {
  return hasContent(header.type) ? header.size : 0
}

const USTAR = utf8('ustar\x0000')

function seal(block: Uint8Array): Uint8Array {
  block.set(USTAR, FIELD.magic[0])
  return putChecksum(block)
}

/** Cuts a long ASCII path at the last slash that leaves a prefix of ≤ 155 and a name of 1 … 100 bytes. */
function splitPath(path: string): { prefix: string; name: string } | undefined {
  const [, nameLength] = FIELD.name
  const [, prefixLength] = FIELD.prefix
  if (path.length <= nameLength || !isAscii(path)) return undefined
  let reach = Math.min(path.length, prefixLength + 1)
  if (path.length <= prefixLength + 1 && path.endsWith('/')) reach--
  const slash = path.slice(0, reach).lastIndexOf('/')
  const name = path.slice(slash + 1)
  if (slash <= 0 || name === '' || name.length > nameLength) return undefined
  return { prefix: path.slice(0, slash), name }
}

function splitLast(path: string): { dir: string; base: string } {
  const slash = path.lastIndexOf('/') + 1
  return { dir: path.slice(0, slash), base: path.slice(slash) }
}

function asciiOnly(text: string): string {
  return isAscii(text) ? text : text.replace(/[^\0-\x7f]/gu, '')
}

function notRepresentable(header: TarHeader, problem: string): ArchiveError {
  return new ArchiveError('TAR_NOT_REPRESENTABLE', `tar entry ${JSON.stringify(header.path)}: ${problem}`)
}
