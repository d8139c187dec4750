import { CPIO_END, CPIO_TYPE, cpioHeader, cpioPadding } from '@apkts/archive'
import { utf8 } from '@apkts/encoding'

/** A file of an initramfs by its path without a leading slash: executable bytes, or the target of a symbolic link. */
export type InitramfsFiles = ReadonlyMap<string, Uint8Array | string>

/**
 * An initramfs (cpio, «newc», as pieces) with these files and the directories on the way to them. Everything belongs to root.
 * The kernel wants directories before what is in them.
 */
export function initramfs(files: InitramfsFiles): Uint8Array[] {
  const directories = new Set([...files.keys()].flatMap(parents))
  return [
    ...[...directories].map((name) => cpioHeader({ name, mode: CPIO_TYPE.directory | 0o755 })),
    ...[...files].flatMap(([name, file]) => member(name, file)),
    CPIO_END,
  ]
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}

function member(name: string, file: Uint8Array | string): Uint8Array[] {
  const link = typeof file === 'string'
  const bytes = link ? utf8(file) : file
  const mode = link ? CPIO_TYPE.symlink | 0o777 : CPIO_TYPE.file | 0o755
  return [cpioHeader({ name, mode, size: bytes.length }), bytes, cpioPadding(bytes.length)]
}
