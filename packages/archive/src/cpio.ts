import { concatBytes, utf8 } from '@apkts/encoding'

const MAGIC = '070701'
const ALIGNMENT = 4

/** File type bits of a member's mode. */
export const CPIO_TYPE = {
  directory: 0o040000,
  file: 0o100000,
  symlink: 0o120000,
  'character-device': 0o020000,
} as const

/** What a cpio archive says of a member. */
export interface CpioMember {
  /** Without a leading slash. */
  readonly name: string
  /** Type and permissions. */
  readonly mode: number
  /** Bytes that follow: contents, or the target of a symbolic link. */
  readonly size?: number
  /** Of a device. */
  readonly major?: number
  readonly minor?: number
}

/**
 * Header and name of a member of a cpio archive in the «newc» format (cpio(5), and the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst). Inode, owner, link count, time and device are always 0.
 */
export function cpioHeader({ name, mode, size = 0, major = 0, minor = 0 }: CpioMember): Uint8Array {
  const bytes = utf8(`${name}\0`)
  const fields = [0, mode, 0, 0, 0, 0, size, 0, 0, major, minor, bytes.length, 0]
  const header = utf8(MAGIC + fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join(''))
  return concatBytes([header, bytes, cpioPadding(header.length + bytes.length)])
}

/** What follows that many bytes, so that the next header is aligned. */
export function cpioPadding(size: number): Uint8Array {
  return new Uint8Array((ALIGNMENT - (size % ALIGNMENT)) % ALIGNMENT)
}

/** The end of an archive. */
export const CPIO_END: Uint8Array = cpioHeader({ name: 'TRAILER!!!', mode: 0 })
