/** What a member of a tar is. */
export type TarType =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'hardlink'
  | 'character-device'
  | 'block-device'
  | 'fifo'
  | 'other'

/** The formats of tar headers. */
export type TarFormat = 'v7' | 'ustar' | 'gnu' | 'pax'

/** One tar entry without its content. Read headers already have the pax and GNU extensions merged in. */
export interface TarHeader {
  /** As stored, but without the trailing slash of directories. */
  readonly path: string
  readonly type: TarType
  /** The type byte as read, one character. */
  readonly typeflag?: string
  /** Permission bits with setuid 04000, setgid 02000, sticky 01000. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly uname: string
  readonly gname: string
  /** Bytes of content; 0 for everything that has none. */
  readonly size: number
  /** Seconds since 1970, rounded to the nearest whole one. */
  readonly mtime: number
  readonly linkname: string
  readonly devMajor: number
  readonly devMinor: number
  /** Raw pax records other than those merged into the fields, such as `SCHILY.xattr.user.x`. */
  readonly pax: ReadonlyMap<string, Uint8Array>
  /** As read; the writer prefers it (`gnu` stays GNU) when it can express the entry. */
  readonly format?: TarFormat
}

/** An entry of a tar in memory. */
export interface TarMember {
  readonly header: TarHeader
  /** A view into the archive's bytes. */
  readonly content: Uint8Array
  /** Of the content, from the start of the archive. */
  readonly offset: number
}

/** What a reader of tars accepts at most. */
export interface TarLimits {
  /** Bytes of one pax or GNU extension header; default 1 MiB. */
  readonly extension?: number
  /** Bytes of all these headers together, because readers keep what they say; default 1 GiB. */
  readonly extensions?: number
  /** Number of entries; default 10 million. */
  readonly entries?: number
}

/** A header with defaults (mode 0644 or, for directories, 0755; owner 0:0; time 0) for all fields not given. */
export function tarHeader(fields: Partial<TarHeader> & { path: string; type: TarType }): TarHeader {
  return {
    mode: defaultMode(fields.type),
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    size: 0,
    mtime: 0,
    linkname: '',
    devMajor: 0,
    devMinor: 0,
    pax: new Map(),
    ...fields,
  }
}

function defaultMode(type: TarType): number {
  if (type === 'directory') return 0o755
  return type === 'symlink' ? 0o777 : 0o644
}
