import type { RandomAccess } from '../tree/read.ts'
import { readString, readWord } from './parse.ts'
import { type ElfFile, SECTION_DYNAMIC, SEGMENT_INTERP } from './types.ts'

const MAX_DYNAMIC = 1 << 20
const MAX_STRINGS = 64 << 20
const MAX_INTERPRETER = 4096

const TAG_NEEDED = 1
const TAG_SONAME = 14

export interface DynamicNames {
  /** DT_SONAME entries, in order. */
  readonly sonames: readonly string[]
  /** DT_NEEDED entries, in order. */
  readonly needed: readonly string[]
}

const NONE: DynamicNames = { sonames: [], needed: [] }

/**
 * Names of the dynamic section, found through the section headers alone, as the linker's consumers do not: a file
 * stripped of its section headers has none.
 */
export function dynamicNames(file: RandomAccess, elf: ElfFile): DynamicNames {
  const dynamic = elf.sections.find((section) => section.type === SECTION_DYNAMIC)
  const strings = dynamic === undefined ? undefined : elf.sections[dynamic.link]
  if (dynamic === undefined || strings === undefined) return NONE
  if (dynamic.size > MAX_DYNAMIC || strings.size > MAX_STRINGS) return NONE
  const table = file.read(dynamic.offset, dynamic.size)
  const text = file.read(strings.offset, strings.size)
  if (table === undefined || text === undefined) return NONE
  const names = (wanted: number): string[] =>
    dynamicEntries(table, elf)
      .filter(([tag]) => tag === wanted)
      .map(([, value]) => readString(text, value))
      .filter((name) => name !== undefined)
  return { sonames: names(TAG_SONAME), needed: names(TAG_NEEDED) }
}

function dynamicEntries(table: Uint8Array, { wide, littleEndian }: ElfFile): [tag: number, value: number][] {
  const size = wide ? 8 : 4
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength)
  return Array.from({ length: Math.floor(table.length / (2 * size)) }, (_, at) => [
    readWord(view, at * 2 * size, wide, littleEndian),
    readWord(view, at * 2 * size + size, wide, littleEndian),
  ])
}

/** Path of the program interpreter (PT_INTERP), without its closing NULs; files of debug data have kept none of it. */
export function interpreter(file: RandomAccess, elf: ElfFile): string | undefined {
  const segment = elf.segments.find(({ type }) => type === SEGMENT_INTERP)
  if (segment === undefined || segment.fileSize > MAX_INTERPRETER) return undefined
  const bytes = file.read(segment.offset, segment.fileSize)
  const path = new TextDecoder().decode(bytes).replace(/^\0+|\0+$/g, '')
  return path === '' ? undefined : path
}
