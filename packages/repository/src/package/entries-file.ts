import { readFileSync } from 'node:fs'
import { ApkError, type DataEntry, formatInstalledFiles } from '@apkts/apk'
import type { TarHeader } from '@apkts/archive'
import { type FileIdentity, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { base64, sha256Hex } from '@apkts/encoding'

/*
 * Beside every inflated data section lies a small file with its entries, made when the section was verified. As long as
 * the section's file is the one it was made for, nothing has to be parsed or hashed again. First line: the format, what
 * identifies the file, and the SHA-256 of it all; second line: the entries; rest: what they say in the installed database.
 */

export interface EntriesFile extends EntriesText {
  readonly identity: FileIdentity
  /** Bytes of the compressed data section. */
  readonly compressedSize: number
}

export interface EntriesText {
  /** The entries as serialised. */
  readonly text: string
  /** The lines about them in the installed database; empty when they cannot be recorded. */
  readonly installed: string
}

const FORMAT = 2

/** Reads the file; undefined when it is absent, of another format, or damaged. */
export function readEntriesFile(path: string): EntriesFile | undefined {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
  const newline = content.indexOf('\n')
  const head = parseHead(content.slice(0, newline))
  const end = content.indexOf('\n', newline + 1)
  if (head === undefined || end === -1) return undefined
  const [text, installed] = [content.slice(newline + 1, end), content.slice(end + 1)]
  const file = { identity: head.identity, compressedSize: head.compressedSize, text, installed }
  return head.format === FORMAT && head.sha256 === digestOf(file) ? file : undefined
}

interface Head {
  readonly format: number
  readonly sha256: string
  readonly identity: FileIdentity
  readonly compressedSize: number
}

function digestOf({ identity, compressedSize, text, installed }: EntriesFile): string {
  const { size, mtimeNs, ctimeNs, ino } = identity
  return sha256Hex([FORMAT, size, mtimeNs, ctimeNs, ino, compressedSize, text, installed].join('\n'))
}

function parseHead(line: string): Head | undefined {
  try {
    const head: Partial<Head> | null = JSON.parse(line)
    return head?.identity === undefined || head.compressedSize === undefined ? undefined : (head as Head)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export async function writeEntriesFile(path: string, file: EntriesFile, temporaryDir: string): Promise<void> {
  const { identity, compressedSize, text, installed } = file
  const head: Head = { format: FORMAT, sha256: digestOf(file), identity, compressedSize }
  await writeFileAtomic(path, `${JSON.stringify(head)}\n${text}\n${installed}`, { temporaryDir })
}

type Row = readonly [
  offset: number,
  path: string,
  type: TarHeader['type'],
  typeflag: string,
  mode: number,
  uid: number,
  gid: number,
  uname: string,
  gname: string,
  size: number,
  mtime: number,
  linkname: string,
  devMajor: number,
  devMinor: number,
  format: string,
  pax: readonly (readonly [string, string])[],
]

/** Entries as texts; the same entries give the same texts. */
export function formatEntries(entries: readonly DataEntry[]): EntriesText {
  return { text: JSON.stringify(entries.map(rowOf)), installed: installedLines(entries) }
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

export function parseEntries(text: string): DataEntry[] {
  return (JSON.parse(text) as Row[]).map(entryOf)
}

function rowOf({ header, offset }: DataEntry): Row {
  const { path, type, mode, uid, gid, uname, gname, size, mtime, linkname, devMajor, devMinor } = header
  const pax = [...header.pax].map(([key, value]) => [key, base64(value)] as const)
  const format = header.format ?? ''
  const flag = header.typeflag ?? ''
  return [
    offset,
    path,
    type,
    flag,
    mode,
    uid,
    gid,
    uname,
    gname,
    size,
    mtime,
    linkname,
    devMajor,
    devMinor,
    format,
    pax,
  ]
}

// Called for every file of every package on every warm start: one literal, nothing to iterate over or to merge.
function entryOf(row: Row): DataEntry {
  return {
    header: {
      path: row[1],
      type: row[2],
      typeflag: row[3],
      mode: row[4],
      uid: row[5],
      gid: row[6],
      uname: row[7],
      gname: row[8],
      size: row[9],
      mtime: row[10],
      linkname: row[11],
      devMajor: row[12],
      devMinor: row[13],
      pax: paxOf(row[15]),
      format: row[14] as NonNullable<TarHeader['format']>,
    },
    offset: row[0],
  }
}

function paxOf(records: Row[15]): Map<string, Uint8Array> {
  const pax = new Map<string, Uint8Array>()
  for (const [key, value] of records) pax.set(key, Buffer.from(value, 'base64'))
  return pax
}
