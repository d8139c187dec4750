import type { RandomAccess } from '../tree/read.ts'
import type { ElfFile, ElfSection, ElfSegment } from './types.ts'

/** Bounds of what a header may claim; real files stay far below. */
const MAX_SEGMENTS = 4096
const MAX_SECTIONS = 1 << 17
const MAX_NAMES = 16 << 20

const MAGIC = [0x7f, 0x45, 0x4c, 0x46]
const IDENT_SIZE = 16

/**
 * Headers of an ELF file (System V ABI, chapters 4 and 5); undefined for anything that is not one or is malformed. Never
 * reads outside the file, whatever its headers claim.
 */
export function parseElf(file: RandomAccess): ElfFile | undefined {
  const ident = file.read(0, IDENT_SIZE)
  if (ident === undefined || MAGIC.some((byte, at) => ident[at] !== byte)) return undefined
  const wide = ident[4] === 2
  const littleEndian = ident[5] === 1
  if ((ident[4] !== 1 && !wide) || (ident[5] !== 2 && !littleEndian) || ident[6] !== 1) return undefined
  const header = readHeader(file, wide, littleEndian)
  if (header === undefined) return undefined
  const segments = readTable(file, header.segments, (view) => segmentOf(view, wide, littleEndian))
  const rows = readTable(file, header.sections, (view) => sectionOf(view, wide, littleEndian))
  if (segments === undefined || rows === undefined) return undefined
  const sections = nameSections(file, rows, header.namesIndex)
  return sections === undefined ? undefined : { wide, littleEndian, machine: header.machine, segments, sections }
}

interface Table {
  readonly offset: number
  readonly entrySize: number
  readonly count: number
}

interface Header {
  readonly machine: number
  readonly segments: Table
  readonly sections: Table
  readonly namesIndex: number
}

function readHeader(file: RandomAccess, wide: boolean, little: boolean): Header | undefined {
  const view = viewOf(file.read(0, wide ? 64 : 52))
  if (view === undefined) return undefined
  const counts = wide ? 54 : 42
  const header = {
    machine: view.getUint16(18, little),
    segments: {
      offset: readWord(view, wide ? 32 : 28, wide, little),
      entrySize: view.getUint16(counts, little),
      count: view.getUint16(counts + 2, little),
    },
    sections: {
      offset: readWord(view, wide ? 40 : 32, wide, little),
      entrySize: view.getUint16(counts + 4, little),
      count: view.getUint16(counts + 6, little),
    },
    namesIndex: view.getUint16(counts + 8, little),
  }
  const minimum = { segment: wide ? 56 : 32, section: wide ? 64 : 40 }
  if (header.segments.count > 0 && header.segments.entrySize < minimum.segment) return undefined
  if (header.sections.offset > 0 && header.sections.entrySize < minimum.section) return undefined
  if (header.segments.count > MAX_SEGMENTS) return undefined
  return header.sections.offset > 0 && header.sections.count === 0
    ? withExtendedCount(file, header, wide, little)
    : header
}

// With more than 65279 sections the first section header carries the true count and index of names.
function withExtendedCount(file: RandomAccess, header: Header, wide: boolean, little: boolean): Header | undefined {
  const view = viewOf(file.read(header.sections.offset, header.sections.entrySize))
  if (view === undefined) return undefined
  const count = readWord(view, wide ? 32 : 20, wide, little)
  const namesIndex = header.namesIndex === 0xffff ? view.getUint32(wide ? 40 : 24, little) : header.namesIndex
  return { ...header, sections: { ...header.sections, count }, namesIndex }
}

function readTable<T>(file: RandomAccess, table: Table, read: (view: DataView) => T): T[] | undefined {
  if (table.offset === 0 || table.count === 0) return table.count === 0 || table.offset > 0 ? [] : undefined
  if (table.count > MAX_SECTIONS) return undefined
  const bytes = file.read(table.offset, table.entrySize * table.count)
  if (bytes === undefined) return undefined
  return Array.from({ length: table.count }, (_, at) =>
    read(new DataView(bytes.buffer, bytes.byteOffset + at * table.entrySize, table.entrySize)),
  )
}

function segmentOf(view: DataView, wide: boolean, little: boolean): ElfSegment {
  return {
    type: view.getUint32(0, little),
    flags: view.getUint32(wide ? 4 : 24, little),
    offset: readWord(view, wide ? 8 : 4, wide, little),
    address: readWord(view, wide ? 16 : 8, wide, little),
    fileSize: readWord(view, wide ? 32 : 16, wide, little),
  }
}

type SectionRow = Omit<ElfSection, 'name'> & { readonly nameOffset: number }

function sectionOf(view: DataView, wide: boolean, little: boolean): SectionRow {
  return {
    nameOffset: view.getUint32(0, little),
    type: view.getUint32(4, little),
    offset: readWord(view, wide ? 24 : 16, wide, little),
    size: readWord(view, wide ? 32 : 20, wide, little),
    link: view.getUint32(wide ? 40 : 24, little),
  }
}

function nameSections(file: RandomAccess, rows: readonly SectionRow[], index: number): ElfSection[] | undefined {
  if (rows.length === 0) return []
  const names = rows[index]
  if (names === undefined || names.size > MAX_NAMES) return undefined
  const bytes = index === 0 ? new Uint8Array() : file.read(names.offset, names.size)
  if (bytes === undefined) return undefined
  return rows.map(({ nameOffset, ...row }) => ({ name: readString(bytes, nameOffset) ?? '', ...row }))
}

/** Text at `offset` up to a NUL; undefined when the NUL or the offset is missing. */
export function readString(bytes: Uint8Array, offset: number): string | undefined {
  if (offset >= bytes.length) return undefined
  const end = bytes.indexOf(0, offset)
  return end < 0 ? undefined : new TextDecoder().decode(bytes.subarray(offset, end))
}

/** An address, offset or size: 8 bytes in wide files, else 4. Values beyond 2^53 lie outside any file. */
export function readWord(view: DataView, at: number, wide: boolean, little: boolean): number {
  return wide ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little)
}

function viewOf(bytes: Uint8Array | undefined): DataView | undefined {
  return bytes === undefined ? undefined : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
