import { inflateMember, parseTar, type TarMember } from '@apkts/archive'
import { hex, sha256Hex, utf8Decode } from '@apkts/encoding'

const MAX_MEMBER = 1 << 30

/** A tar entry as the recorded cases describe it. */
export interface DumpedEntry {
  readonly path: string
  readonly type: string
  readonly mode: string
  readonly uid: number
  readonly gid: number
  readonly uname: string
  readonly gname: string
  readonly mtime: number
  readonly size?: number
  readonly sha256?: string
  readonly link?: string
  readonly dev?: readonly number[]
  readonly pax?: Readonly<Record<string, string>>
}

export interface DumpedMember {
  readonly entries: readonly DumpedEntry[]
  /** Content of files by path. */
  readonly texts: ReadonlyMap<string, string>
  readonly trailing_zero_blocks: number
  /** Plain bytes of the member. */
  readonly tar: Uint8Array
  /** Compressed bytes of the member. */
  readonly compressed: Uint8Array
}

const TYPES: Readonly<Record<string, string>> = {
  file: 'file',
  directory: 'dir',
  symlink: 'symlink',
  hardlink: 'hardlink',
  fifo: 'fifo',
  'character-device': 'char',
  'block-device': 'block',
}

/** The gzip members of a package or index, each with its tar taken apart. */
export function dumpMembers(bytes: Uint8Array): DumpedMember[] {
  const members: DumpedMember[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const { data, end } = inflateMember(bytes, offset, MAX_MEMBER)
    const tar = parseTar(data)
    members.push({
      entries: tar.map(dumpEntry),
      texts: new Map(tar.map(({ header, content }) => [header.path, utf8Decode(content)])),
      trailing_zero_blocks: trailingZeroBlocks(data),
      tar: data,
      compressed: bytes.subarray(offset, end),
    })
    offset = end
  }
  return members
}

function dumpEntry({ header, content }: TarMember): DumpedEntry {
  const isFile = header.type === 'file'
  const isDevice = header.type === 'character-device' || header.type === 'block-device'
  const pax = Object.fromEntries([...header.pax].map(([key, value]) => [key, paxText(value)]))
  return {
    path: header.path,
    type: TYPES[header.type] ?? header.type,
    mode: header.mode.toString(8),
    uid: header.uid,
    gid: header.gid,
    uname: header.uname,
    gname: header.gname,
    mtime: header.mtime,
    ...(isFile ? { size: header.size, sha256: sha256Hex(content) } : {}),
    ...(header.linkname === '' ? {} : { link: header.linkname }),
    ...(isDevice ? { dev: [header.devMajor, header.devMinor] } : {}),
    ...(header.pax.size === 0 ? {} : { pax }),
  }
}

function paxText(value: Uint8Array): string {
  return value.every((byte) => byte >= 0x20 && byte < 0x7f) ? utf8Decode(value) : `hex:${hex(value)}`
}

function trailingZeroBlocks(data: Uint8Array): number {
  let blocks = 0
  while (blocks * 512 < data.length) {
    const block = data.subarray(data.length - (blocks + 1) * 512, data.length - blocks * 512)
    if (block.some((byte) => byte !== 0)) break
    blocks += 1
  }
  return blocks
}
