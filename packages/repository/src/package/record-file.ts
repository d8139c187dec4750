import { readFileSync } from 'node:fs'
import { type ExpandedApk, isScript } from '@apkts/apk'
import { type FileIdentity, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'
import { type ControlFacts, type ControlJson, controlFacts, controlJson } from './record-control.ts'
import { type EntriesText, formatEntries } from './record-entries.ts'

/*
 * Beside the sections of every package lies a file with what they say, made when they were verified. As long as the control
 * section has the same SHA-1, and the inflated data section is the same file, nothing has to be inflated, parsed or hashed
 * again. First line: the format, and the SHA-256 of the rest. Second line: the control section, and what identifies the
 * inflated file. Third line: the entries. Rest: what they say in the installed database.
 */

/** What the sections of a package say, without contents. */
export interface PackageRecord extends ControlFacts, EntriesText {
  /** Of the inflated data section. */
  readonly identity: FileIdentity
}

const FORMAT = 3

/** A package whose sections were read. */
export type Expanded = Pick<ExpandedApk, 'pkgInfo' | 'sections' | 'controlMembers' | 'entries'>

/** What there is to record of a package whose inflated data section is that file. */
export function recordOf(expanded: Expanded, identity: FileIdentity): PackageRecord {
  const { pkgInfo, sections, controlMembers, entries } = expanded
  return { pkgInfo, sections, controlMembers: controlMembers.filter(isScript), identity, ...formatEntries(entries) }
}

/** Reads a record; undefined when it is absent, of another format, or damaged. */
export function readRecord(path: string): PackageRecord | undefined {
  const [head, rest] = cutLine(readText(path))
  if (head !== headOf(rest)) return undefined
  const [about, entries] = cutLine(rest)
  const [text, installed] = cutLine(entries)
  const { identity, ...control } = JSON.parse(about) as AboutJson
  return { ...controlFacts(control), identity, text, installed }
}

interface AboutJson extends ControlJson {
  readonly identity: FileIdentity
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isSystemError(error)) return ''
    throw error
  }
}

/** The first line, and what follows it. */
function cutLine(text: string): [line: string, rest: string] {
  const end = text.indexOf('\n')
  return end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)]
}

function headOf(rest: string): string {
  return JSON.stringify({ format: FORMAT, sha256: sha256Hex(rest) })
}

/** Writes a record. @throws a system error */
export async function writeRecord(path: string, record: PackageRecord, temporaryDir: string): Promise<void> {
  await writeFileAtomic(path, formatRecord(record), { temporaryDir })
}

/** A record as it is kept. */
export function formatRecord(record: PackageRecord): string {
  const { identity, text, installed } = record
  const about: AboutJson = { identity, ...controlJson(record) }
  const rest = `${JSON.stringify(about)}\n${text}\n${installed}`
  return `${headOf(rest)}\n${rest}`
}
