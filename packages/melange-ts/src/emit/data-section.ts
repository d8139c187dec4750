import { createHash } from 'node:crypto'
import {
  type ByteSink,
  type ContentRef,
  contentSize,
  encodeTarHeader,
  melangeBlockGzip,
  readContent,
  readContentFully,
  TAR_END,
  type TarHeader,
  tarHeader,
  tarPadding,
} from '@apkts/archive'
import { hex, utf8 } from '@apkts/encoding'
import type { PackageTree, TreeEntry } from '../tree/index.ts'

const CHECKSUM = 'APK-TOOLS.checksum.SHA1'
const XATTR_PREFIX = 'SCHILY.xattr.'
/** Files up to this size are read once; larger ones twice, so that memory stays bounded. */
const MAX_IN_MEMORY = 16 << 20

/** Whose files are whose: the ids of the account that builds, which become root's, and the names of all others. */
export interface Ownership {
  readonly buildUid: number
  readonly buildGid: number
  readonly users: ReadonlyMap<number, string>
  readonly groups: ReadonlyMap<number, string>
}

export interface DataOptions {
  readonly ownership: Ownership
  /** Time of every entry, in seconds. */
  readonly mtime: number
}

/** Writes the data section of a package (apk v2) to a sink and returns the SHA-256 of its bytes, in hex. */
export async function writeDataSection(tree: PackageTree, sink: ByteSink, options: DataOptions): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of melangeBlockGzip(encodeTree(tree, options))) {
    hash.update(chunk)
    await sink(chunk)
  }
  return hash.digest('hex')
}

async function* encodeTree(tree: PackageTree, options: DataOptions): AsyncGenerator<Uint8Array> {
  for (const entry of tree.entries) yield* encodeEntry(entry, options)
  yield TAR_END
}

async function* encodeEntry(entry: TreeEntry, options: DataOptions): AsyncGenerator<Uint8Array> {
  const content = await loaded(entry.content)
  const size = contentSize(content)
  yield encodeTarHeader(headerOf(entry, size, await checksumOf(entry, content), options))
  yield* readContent(content)
  yield tarPadding(size)
}

async function loaded(content: ContentRef): Promise<ContentRef> {
  if (content.kind === 'bytes' || content.size > MAX_IN_MEMORY) return content
  return { kind: 'bytes', bytes: await readContentFully(content, MAX_IN_MEMORY) }
}

async function checksumOf(entry: TreeEntry, content: ContentRef): Promise<string | undefined> {
  if (entry.type === 'symlink') return hex(createHash('sha1').update(entry.linkname).digest())
  if (entry.type !== 'file') return undefined
  const hash = createHash('sha1')
  for await (const chunk of readContent(content)) hash.update(chunk)
  return hash.digest('hex')
}

function headerOf(entry: TreeEntry, size: number, checksum: string | undefined, options: DataOptions): TarHeader {
  const { ownership, mtime } = options
  const uid = entry.uid === ownership.buildUid ? 0 : entry.uid
  const gid = entry.gid === ownership.buildGid ? 0 : entry.gid
  const records = [...entry.xattrs].map(([name, value]): [string, Uint8Array] => [`${XATTR_PREFIX}${name}`, value])
  return tarHeader({
    path: entry.path,
    type: entry.type,
    mode: entry.mode,
    uid,
    gid,
    uname: ownership.users.get(uid) ?? '',
    gname: ownership.groups.get(gid) ?? '',
    size,
    mtime,
    linkname: entry.linkname,
    pax: new Map(checksum === undefined ? records : [[CHECKSUM, utf8(checksum)], ...records]),
  })
}
