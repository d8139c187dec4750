import type { TarHeader } from '@apkts/archive'
import { concatBytes, utf8 } from '@apkts/encoding'

const MAGIC = '070701'
const TYPE_BITS = { directory: 0o040000, symlink: 0o120000, file: 0o100000, device: 0o020000 } as const
const NAME_OFFSET = 110

interface Record {
  readonly path: string
  readonly mode: number
  readonly size: number
  readonly major?: number
  readonly minor?: number
}

/** Padding that takes a header and name, or data, of that many bytes to a multiple of four. */
export function cpioPadding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4)
}

/**
 * Header, name and padding of one newc record. Inode, owner, link count and time are zero in every record, as apko
 * writes them; the data of a symlink is its target.
 */
export function cpioHeader(header: TarHeader): Uint8Array {
  return encode({
    path: header.path,
    mode: modeOf(header),
    size: header.type === 'symlink' ? utf8(header.linkname).length : header.type === 'file' ? header.size : 0,
    major: header.devMajor,
    minor: header.devMinor,
  })
}

/** The record of the root directory, which always comes first. */
export const CPIO_ROOT: Uint8Array = encode({ path: '.', mode: TYPE_BITS.directory | 0o777, size: 0 })

/** The record that ends an archive. */
export const CPIO_TRAILER: Uint8Array = encode({ path: 'TRAILER!!!', mode: 0, size: 0 })

function modeOf({ type, mode }: TarHeader): number {
  if (type === 'directory') return TYPE_BITS.directory | mode
  if (type === 'symlink') return TYPE_BITS.symlink | 0o777
  if (type === 'character-device') return TYPE_BITS.device | mode
  return TYPE_BITS.file | mode
}

function encode({ path, mode, size, major = 0, minor = 0 }: Record): Uint8Array {
  const name = utf8(path)
  const fields = [0, mode, 0, 0, 0, 0, size, 0, 0, major, minor, name.length + 1, 0]
  const head = MAGIC + fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join('')
  const bytes = concatBytes([utf8(head), name, new Uint8Array(1)])
  return concatBytes([bytes, cpioPadding(NAME_OFFSET + name.length + 1)])
}
