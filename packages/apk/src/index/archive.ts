import {
  encodeTarHeader,
  goGzip,
  gunzipAll,
  parseTar,
  TAR_END,
  type TarMember,
  tarHeader,
  tarPadding,
} from '@apkts/archive'
import { utf8, utf8Decode } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import { type ApkLimits, limitOf } from '../package/limits.ts'
import { checkStart, inSection } from '../package/section.ts'
import type { PackageRecord } from '../record.ts'
import { type FormatIndexOptions, formatIndex } from './format.ts'
import { parseIndex } from './parse.ts'

/** What an `APKINDEX.tar.gz` holds, its records as text. */
export interface IndexEntries {
  /** The UTF-8 text of the records; empty when there is none. */
  readonly text: Uint8Array
  readonly description: string
  /** `.SIGN.*` entries by name, when the bytes still contain the signature. */
  readonly signatures: ReadonlyMap<string, Uint8Array>
}

/** An index read whole: its description and its records. */
export interface IndexArchive extends Omit<IndexEntries, 'text'> {
  readonly records: PackageRecord[]
}

/** How an index archive is read. */
export interface ReadIndexOptions {
  /** Name for messages. */
  readonly file?: string
  readonly limits?: ApkLimits
}

/**
 * Reads an `APKINDEX.tar.gz`: all its gzip members as one tar, up to the end marker. Hand in only bytes that a signature
 * covers; what stands before them could change how they are read.
 * @throws ApkError naming the file, the entry or the line.
 */
export function readIndexArchive(bytes: Uint8Array, options: ReadIndexOptions = {}): IndexArchive {
  const { text, ...others } = readIndexEntries(bytes, options)
  return { records: parseIndex(utf8Decode(text), `${options.file ?? DEFAULT_NAME}: APKINDEX`), ...others }
}

const DEFAULT_NAME = 'APKINDEX.tar.gz'

/** The same without a look at the records. @throws ApkError naming the file or the entry. */
export function readIndexEntries(bytes: Uint8Array, options: ReadIndexOptions = {}): IndexEntries {
  const file = options.file ?? DEFAULT_NAME
  checkStart(bytes, file)
  const members = inSection(file, 'index', () => parseTar(gunzipAll(bytes, limitOf(options.limits, 'index'))))
  const signatures = new Map<string, Uint8Array>()
  let text: Uint8Array = new Uint8Array(0)
  let description = ''
  for (const member of members) {
    const { path } = member.header
    if (path === 'APKINDEX') text = member.content
    else if (path === 'DESCRIPTION') description = utf8Decode(member.content)
    else if (path.startsWith('.SIGN.')) signatures.set(path, member.content)
    else throw unexpected(member, file)
  }
  return { text, description, signatures }
}

function unexpected({ header }: TarMember, file: string): ApkError {
  return new ApkError('INDEX_ENTRY', `${file}: expected APKINDEX, DESCRIPTION or a signature, found ${header.path}`, {
    at: { file },
  })
}

/** An unsigned `APKINDEX.tar.gz`, byte for byte as melange writes it: `APKINDEX`, then `DESCRIPTION`, even when that is empty. */
export function writeIndexArchive(
  records: readonly PackageRecord[],
  description = '',
  options: FormatIndexOptions = {},
): Uint8Array {
  return writeIndexEntries({ text: utf8(formatIndex(records, options)), description })
}

/** An archive that `writeIndexEntries` made, and what of. */
export interface EarlierIndex {
  readonly bytes: Uint8Array
  readonly entries: IndexContents
}

type IndexContents = Pick<IndexEntries, 'text' | 'description'>

/**
 * The same for records that are text already. With an earlier archive whose text begins with the same records, most of
 * the compressing is spared; the bytes are the same.
 */
export function writeIndexEntries(entries: IndexContents, earlier?: EarlierIndex): Uint8Array {
  return goGzip(
    archiveWrites(entries),
    earlier && { compressed: earlier.bytes, writes: archiveWrites(earlier.entries) },
  )
}

function archiveWrites({ text, description }: IndexContents): Uint8Array[] {
  return [
    ...entryWrites('APKINDEX', text),
    ...entryWrites('DESCRIPTION', utf8(description)),
    TAR_END.subarray(0, TAR_END.length / 2),
    TAR_END.subarray(TAR_END.length / 2),
  ]
}

/** The portions in which the original hands an entry to its compressor, which can tell them apart. */
function entryWrites(path: string, content: Uint8Array): Uint8Array[] {
  const header = encodeTarHeader(tarHeader({ path, type: 'file', size: content.length }))
  return [header, content, tarPadding(content.length)]
}
