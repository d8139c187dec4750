import { ApkError, CHECKSUM_RECORD, type DataEntry, formatInstalledFiles } from '@apkts/apk'
import type { TarHeader } from '@apkts/archive'
import { base64, utf8Decode } from '@apkts/encoding'
import { ChecksumOnly, LENGTH } from './checksum-only.ts'

/*
 * Every file of every package is read on every warm start, so as little as possible is made of it: what entries share is
 * written once, and read once; each has its path, offset, size and link only, in one array of all. Checksums, which
 * hardly anybody asks for, stay in one text.
 */

/** Entries of a tar, serialised. */
export interface EntriesText {
  /** The entries; the same ones give the same text. */
  readonly text: string
  /** The lines about them in the installed database; empty when they cannot be recorded. */
  readonly installed: string
}

type EntriesJson = readonly [kinds: readonly Kind[], checksums: string, rows: readonly (string | number)[]]

/** What many entries have in common. */
type Kind = readonly [
  type: TarHeader['type'],
  typeflag: string,
  mode: number,
  uid: number,
  gid: number,
  uname: string,
  gname: string,
  mtime: number,
  devMajor: number,
  devMinor: number,
  format: string,
  /** Nothing where a checksum is the only record. */
  pax: readonly (readonly [string, string])[] | null,
]

/** Values of a row: path, offset, number of its kind, size, link. */
const FIELDS = 5

/** Entries as texts. */
export function formatEntries(entries: readonly DataEntry[]): EntriesText {
  return { text: entriesText(entries), installed: installedLines(entries) }
}

/** Entries without what the installed database says of them. */
export function entriesText(entries: readonly DataEntry[]): string {
  const kinds = new Map<string, number>()
  const checksums: string[] = []
  const rows: (string | number)[] = []
  for (const { header, offset } of entries) {
    const checksum = onlyChecksum(header)
    if (checksum !== undefined) checksums.push(checksum)
    const kind = JSON.stringify(kindOf(header, checksum !== undefined))
    const number = kinds.get(kind) ?? kinds.size
    kinds.set(kind, number)
    rows.push(header.path, offset, number, header.size, header.linkname)
  }
  return `[[${[...kinds.keys()].join(',')}],"${checksums.join('')}",${JSON.stringify(rows)}]`
}

function installedLines(entries: readonly DataEntry[]): string {
  const headers = entries.map(({ header }) => header)
  try {
    return formatInstalledFiles(headers, '')
  } catch (error) {
    if (!(error instanceof ApkError)) throw error
    return '' // told of where the package is installed
  }
}

const USUAL = new RegExp(`^[0-9a-f]{${LENGTH}}$`)

/** The checksum, where it is the only record, and of the usual form. */
function onlyChecksum({ pax }: TarHeader): string | undefined {
  const record = pax.size === 1 ? pax.get(CHECKSUM_RECORD) : undefined
  const text = record?.length === LENGTH ? utf8Decode(record) : ''
  return USUAL.test(text) ? text : undefined
}

function kindOf(header: TarHeader, hasChecksum: boolean): Kind {
  const { type, typeflag = '', mode, uid, gid, uname, gname, mtime, devMajor, devMinor, format = '' } = header
  const pax = hasChecksum ? null : [...header.pax].map(([key, value]) => [key, base64(value)] as const)
  return [type, typeflag, mode, uid, gid, uname, gname, mtime, devMajor, devMinor, format, pax]
}

/** The entries of a text that was made of them. */
export function parseEntries(text: string): DataEntry[] {
  const [kinds, checksums, rows] = JSON.parse(text) as EntriesJson
  const records = kinds.map((kind) => kind[PAX] && paxOf(kind[PAX]))
  const entries: DataEntry[] = []
  for (let i = 0, start = 0; i < rows.length; i += FIELDS) {
    const number = rows[i + 2] as number
    let pax = records[number]
    if (pax == null) {
      pax = new ChecksumOnly(checksums, start)
      start += LENGTH
    }
    entries.push({ header: headerOf(rows, i, kinds[number]!, pax), offset: rows[i + 1] as number })
  }
  return entries
}

const PAX = 11

function paxOf(records: NonNullable<Kind[typeof PAX]>): TarHeader['pax'] {
  return new Map(records.map(([key, value]) => [key, Buffer.from(value, 'base64')]))
}

// One literal, with nothing to iterate over or to merge.
function headerOf(rows: EntriesJson[2], start: number, kind: Kind, pax: TarHeader['pax']): TarHeader {
  return {
    path: rows[start] as string,
    type: kind[0],
    typeflag: kind[1],
    mode: kind[2],
    uid: kind[3],
    gid: kind[4],
    uname: kind[5],
    gname: kind[6],
    size: rows[start + 3] as number,
    mtime: kind[7],
    linkname: rows[start + 4] as string,
    devMajor: kind[8],
    devMinor: kind[9],
    pax,
    format: kind[10] as NonNullable<TarHeader['format']>,
  }
}
