import type { TarType } from './types.ts'

export const BLOCK = 512

/** Offsets and lengths of the fields of a header block (POSIX ustar, IEEE 1003.1). */
export const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  typeflag: [156, 1],
  linkname: [157, 100],
  magic: [257, 6],
  version: [263, 2],
  uname: [265, 32],
  gname: [297, 32],
  devMajor: [329, 8],
  devMinor: [337, 8],
  prefix: [345, 155],
} as const satisfies Record<string, readonly [number, number]>

export type FieldName = keyof typeof FIELD

export const TYPEFLAG: Readonly<Record<Exclude<TarType, 'other'>, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
}

const TYPE_OF = new Map<string, TarType>([
  ...Object.entries(TYPEFLAG).map(([type, flag]): [string, TarType] => [flag, type as TarType]),
  ['\0', 'file'],
])

/** Type of a type byte; everything unknown is `other`. */
export function tarTypeOf(typeflag: string): TarType {
  return TYPE_OF.get(typeflag) ?? 'other'
}

/** True for the types whose content follows the header. */
export function hasContent(type: TarType): boolean {
  return type === 'file' || type === 'other'
}

/** Bytes of zeros that fill `size` up to a whole block. */
export function paddingLength(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK
}

/** Sum of the header bytes with the checksum field counted as spaces. */
export function headerChecksum(block: Uint8Array): number {
  const [start, length] = FIELD.checksum
  let sum = length * 0x20
  for (let i = 0; i < BLOCK; i++) if (i < start || i >= start + length) sum += block[i]!
  return sum
}
