/** Reads up to `length` bytes at an offset; fewer only at the end of the file. */
export type RangeReader = (offset: number, length: number) => Promise<Uint8Array>

/** What the library cache needs to know of a shared object. */
export interface SharedObject {
  readonly machine: number
  /** DT_SONAME strings, in file order. */
  readonly sonames: readonly string[]
}

export const EM_X86_64 = 62
export const EM_AARCH64 = 183

const HEADER_SIZE = 64
const ET_DYN = 3
const CLASS_64 = 2
const SHT_DYNAMIC = 6
const DT_SONAME = 14n
const SECTION_SIZE = 64
const DYNAMIC_SIZE = 16
const MAX_SECTIONS = 1 << 16
const MAX_DYNAMIC = 1 << 20
const MAX_NAME = 4096

interface Section {
  readonly type: number
  readonly offset: number
  readonly size: number
  readonly link: number
}

/**
 * Machine and sonames of an ELF shared object (System V ABI, chapters 4 and 5), found through its section headers as
 * apko does. Undefined for anything that is not a shared object. Only 64-bit little-endian objects have sonames here.
 */
export async function readSharedObject(read: RangeReader): Promise<SharedObject | undefined> {
  const header = await read(0, HEADER_SIZE)
  if (header.length < 52 || header[0] !== 0x7f || String.fromCharCode(...header.subarray(1, 4)) !== 'ELF')
    return undefined
  const littleEndian = header[5] === 1
  const view = viewOf(header)
  if (view.getUint16(16, littleEndian) !== ET_DYN) return undefined
  const machine = view.getUint16(18, littleEndian)
  if (header[4] !== CLASS_64 || !littleEndian || header.length < HEADER_SIZE) return { machine, sonames: [] }
  return { machine, sonames: await readSonames(read, await readSections(read, view)) }
}

async function readSections(read: RangeReader, header: DataView): Promise<Section[]> {
  const offset = Number(header.getBigUint64(0x28, true))
  const entrySize = header.getUint16(0x3a, true)
  const count = header.getUint16(0x3c, true)
  if (offset === 0 || count === 0 || count > MAX_SECTIONS || entrySize < SECTION_SIZE) return []
  const table = viewOf(await read(offset, entrySize * count))
  const sections: Section[] = []
  for (let at = 0; at + SECTION_SIZE <= table.byteLength; at += entrySize) {
    sections.push({
      type: table.getUint32(at + 4, true),
      offset: Number(table.getBigUint64(at + 0x18, true)),
      size: Number(table.getBigUint64(at + 0x20, true)),
      link: table.getUint32(at + 0x28, true),
    })
  }
  return sections
}

async function readSonames(read: RangeReader, sections: readonly Section[]): Promise<string[]> {
  const sonames: string[] = []
  for (const dynamic of sections.filter(({ type }) => type === SHT_DYNAMIC)) {
    const strings = sections[dynamic.link]
    if (strings === undefined) continue
    for (const offset of sonameOffsets(await read(dynamic.offset, Math.min(dynamic.size, MAX_DYNAMIC)))) {
      if (offset < strings.size) sonames.push(nulTerminated(await read(strings.offset + offset, MAX_NAME)))
    }
  }
  return sonames
}

function sonameOffsets(table: Uint8Array): number[] {
  const view = viewOf(table)
  const offsets: number[] = []
  for (let at = 0; at + DYNAMIC_SIZE <= view.byteLength; at += DYNAMIC_SIZE) {
    const tag = view.getBigUint64(at, true)
    if (tag === 0n) break
    if (tag === DT_SONAME) offsets.push(Number(view.getBigUint64(at + 8, true)))
  }
  return offsets
}

function nulTerminated(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return Buffer.from(end === -1 ? bytes : bytes.subarray(0, end)).toString()
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
