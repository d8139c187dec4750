/** A part of the file that the system maps (System V ABI, program header). */
export interface ElfSegment {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: number
  readonly fileSize: number
}

/** A named part of the file (System V ABI, section header). */
export interface ElfSection {
  readonly name: string
  readonly type: number
  readonly offset: number
  readonly size: number
  readonly link: number
}

export interface ElfFile {
  readonly wide: boolean
  readonly littleEndian: boolean
  readonly machine: number
  readonly segments: readonly ElfSegment[]
  readonly sections: readonly ElfSection[]
}

export const SEGMENT_LOAD = 1
export const SEGMENT_INTERP = 3
export const SEGMENT_WRITABLE = 2
export const SECTION_NOBITS = 8
export const SECTION_DYNAMIC = 6
