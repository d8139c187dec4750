import { utf8Decode } from '@apkts/encoding'
import type { RandomAccess } from '../tree/read.ts'
import { readWord } from './parse.ts'
import { type ElfFile, SEGMENT_LOAD, SEGMENT_WRITABLE } from './types.ts'

const SECTION = '.go.buildinfo'
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
const SEARCHED = 64 << 10
const HEADER_SIZE = 32
const ALIGNMENT = 16
const MAX_TEXT = 16 << 20
const FLAG_BIG_ENDIAN = 1
const FLAG_INLINE = 2
/** The module text lies between two marks of this length. */
const MARK = 16

/** Build settings that a Go program carries (`debug/buildinfo`); undefined when it carries none. */
export function goBuildSettings(file: RandomAccess, elf: ElfFile): ReadonlyMap<string, string> | undefined {
  const address = blobOffset(elf)
  const blob = address === undefined ? undefined : findBlob(file, address)
  if (blob === undefined) return undefined
  const text = moduleText(file, elf, blob)
  if (text === undefined || text.length < 2 * MARK + 1) return undefined
  return parseSettings(text.at(-MARK - 1) === 0x0a ? utf8Decode(text.subarray(MARK, -MARK)) : '')
}

function blobOffset(elf: ElfFile): number | undefined {
  const section = elf.sections.find(({ name }) => name === SECTION)
  if (section !== undefined) return section.offset
  return elf.segments.find(({ type, flags }) => type === SEGMENT_LOAD && (flags & SEGMENT_WRITABLE) !== 0)?.offset
}

function findBlob(file: RandomAccess, start: number): { bytes: Uint8Array; offset: number } | undefined {
  const bytes = file.read(start, Math.min(SEARCHED, file.size - start))
  if (bytes === undefined) return undefined
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = buffer.indexOf(MAGIC); at >= 0; at = buffer.indexOf(MAGIC, at + 1)) {
    if (at % ALIGNMENT === 0 && at + HEADER_SIZE <= buffer.length)
      return { bytes: bytes.subarray(at), offset: start + at }
  }
  return undefined
}

function moduleText(
  file: RandomAccess,
  elf: ElfFile,
  blob: { bytes: Uint8Array; offset: number },
): Uint8Array | undefined {
  const flags = blob.bytes[15]!
  if ((flags & FLAG_INLINE) !== 0) {
    const version = readInline(file, blob.offset + HEADER_SIZE)
    return version === undefined ? undefined : readInline(file, version.end)?.text
  }
  const wide = blob.bytes[14] === 8
  const little = (flags & FLAG_BIG_ENDIAN) === 0
  const view = new DataView(blob.bytes.buffer, blob.bytes.byteOffset, HEADER_SIZE)
  return readPointed(file, elf, readWord(view, wide ? 24 : 20, wide, little), { wide, little })
}

function readInline(file: RandomAccess, at: number): { text: Uint8Array; end: number } | undefined {
  let length = 0
  let shift = 1
  let next = at
  for (let byte = 0x80; (byte & 0x80) !== 0; next++) {
    const read = file.read(next, 1)?.[0]
    if (read === undefined || next - at > 4) return undefined
    byte = read
    length += (byte & 0x7f) * shift
    shift *= 128
  }
  const text = length > MAX_TEXT ? undefined : file.read(next, length)
  return text === undefined ? undefined : { text, end: next + length }
}

// Before Go 1.18: the blob holds the address of a string header, which holds the address and length of the text.
function readPointed(
  file: RandomAccess,
  elf: ElfFile,
  address: number,
  { wide, little }: { wide: boolean; little: boolean },
): Uint8Array | undefined {
  const size = wide ? 8 : 4
  const header = readAddress(file, elf, address, 2 * size)
  if (header === undefined) return undefined
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  const length = readWord(view, size, wide, little)
  return length > MAX_TEXT ? undefined : readAddress(file, elf, readWord(view, 0, wide, little), length)
}

function readAddress(file: RandomAccess, elf: ElfFile, address: number, length: number): Uint8Array | undefined {
  const segment = elf.segments.find(
    (part) => part.address <= address && address + length <= part.address + part.fileSize,
  )
  return segment === undefined ? undefined : file.read(segment.offset + address - segment.address, length)
}

function parseSettings(text: string): Map<string, string> {
  const settings = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (!line.startsWith('build\t')) continue
    const [, key, value] = /^("(?:[^"\\]|\\.)*"|[^=]*)=(.*)$/.exec(line.slice('build\t'.length)) ?? []
    if (key !== undefined && value !== undefined) settings.set(unquote(key), unquote(value))
  }
  return settings
}

function unquote(text: string): string {
  return /^(["`]).*\1$/.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text
}
