import { BLOCK, FIELD, headerChecksum } from './tar-format.ts'
import type { TarHeader, TarType } from './types.ts'

/*
 * Nearly every entry of an image has a short ASCII name, and shares mode and owner with many others. Its block is a copy
 * of theirs with other name, size, time and link: a tenth of the time of writing all fields. Blocks are cut from larger
 * ones, because an array of its own would cost more than filling it.
 */

/** A block without name, size, time and link, and the sum of its bytes. */
interface Template {
  readonly like: TarHeader
  readonly block: Uint8Array
  readonly sum: number
}

const TYPES: readonly TarType[] = ['file', 'directory', 'symlink', 'hardlink']
const templates = new Map<number, Template>()

const SLAB = 128 * BLOCK
let slab = new Uint8Array(0)
let used = 0

/** The block of a usual entry, as `encode` would make it; undefined for others. */
export function plainHeader(header: TarHeader, encode: (header: TarHeader) => Uint8Array): Uint8Array | undefined {
  const template = isPlain(header) ? templateOf(header, encode) : undefined
  if (template === undefined) return undefined
  if (used === slab.length) {
    slab = new Uint8Array(SLAB)
    used = 0
  }
  const block = slab.subarray(used, used + BLOCK)
  block.set(template.block)
  const name = copyAscii(block, FIELD.name[0], header.path)
  const link = copyAscii(block, FIELD.linkname[0], header.linkname)
  if (name < 0 || link < 0) return undefined
  const size = header.type === 'file' ? header.size : 0
  const digits = copyOctal(block, FIELD.size, size) + copyOctal(block, FIELD.mtime, header.mtime)
  copyOctal(block, CHECKSUM_DIGITS, template.sum + name + link + digits)
  used += BLOCK
  return block
}

/** Where the digits of a checksum go; a space follows, other than in other fields. */
const CHECKSUM_DIGITS = [FIELD.checksum[0], FIELD.checksum[1] - 1] as const

function isPlain({ type, path, linkname, size, mtime, pax, format }: TarHeader): boolean {
  if (pax.size > 0 || format === 'gnu' || !TYPES.includes(type)) return false
  if (path.length > FIELD.name[1] || linkname.length > FIELD.linkname[1] || path.endsWith('/')) return false
  return size === size >>> 0 && mtime === mtime >>> 0
}

function templateOf(header: TarHeader, encode: (header: TarHeader) => Uint8Array): Template | undefined {
  const { type, mode, uid, gid, uname, gname, devMajor, devMinor } = header
  const key = (mode & 0o7777) * TYPES.length + TYPES.indexOf(type)
  const known = templates.get(key)
  if (known !== undefined && hasOwner(known.like, header)) return known
  if (devMajor !== 0 || devMinor !== 0 || !SHORT.test(uname) || !SHORT.test(gname)) return undefined
  if (uid !== uid >>> 0 || gid !== gid >>> 0 || uid >= ID_LIMIT || gid >= ID_LIMIT) return undefined
  const block = encode({ ...header, path: '', linkname: '', size: 0, mtime: 0 })
  const template = { like: header, block, sum: headerChecksum(block) }
  templates.set(key, template)
  return template
}

const SHORT = /^[\x01-\x7f]{0,32}$/
const ID_LIMIT = 8 ** (FIELD.uid[1] - 1)

function hasOwner(like: TarHeader, { uid, gid, uname, gname, devMajor, devMinor }: TarHeader): boolean {
  if (like.uid !== uid || like.gid !== gid || like.uname !== uname || like.gname !== gname) return false
  return devMajor === 0 && devMinor === 0
}

/** Copies a text and gives the sum of its bytes; negative when it is not plain ASCII. */
function copyAscii(block: Uint8Array, offset: number, text: string): number {
  let sum = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0 || code > 0x7f) return -1
    block[offset + i] = code
    sum += code
  }
  return sum
}

/** Writes an unsigned number of 32 bits over zeros and gives the sum of its digits. */
function copyOctal(block: Uint8Array, [offset, length]: readonly [number, number], value: number): number {
  let sum = 0
  for (let i = offset + length - 2, rest = value; i >= offset; i--, rest >>>= 3) {
    const digit = rest & 7
    block[i] = 0x30 + digit
    sum += digit
  }
  return sum
}
