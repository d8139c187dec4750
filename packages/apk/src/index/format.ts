import { ApkError } from '../error.ts'
import { checksumText, type PackageRecord } from '../record.ts'

/** How records are written as text. */
export interface FormatIndexOptions {
  /** Write `i:[a b]` with the brackets of the original's defect instead of the plain list apk-tools understands. */
  readonly bracketInstallIf?: boolean
}

/**
 * APKINDEX text of the records, in their order, as melange writes it; records without a name are left out.
 * @throws ApkError `INDEX_FIELD` for a value with a line break, which would start a line or record of its own.
 */
export function formatIndex(records: readonly PackageRecord[], options: FormatIndexOptions = {}): string {
  return records
    .filter((record) => record.name !== '')
    .map((record) => formatRecord(record, options))
    .join('')
}

/** A record as index text, and what it is known by. */
export interface RecordText {
  readonly name: string
  readonly version: string
  readonly arch: string
  /** As `formatIndex` writes it. */
  readonly text: string
}

/** Writes one record. @throws ApkError `INDEX_FIELD` for a value with a line break. */
export function recordText(record: PackageRecord): RecordText {
  const { name, version, arch } = record
  return { name, version, arch, text: formatIndex([record]) }
}

const BEGINNING = /^C:Q1[^\n]*\nP:([^\n]+)\nV:([^\n]*)\n(?:A:([^\n]*)\n)?/

/** The same of a text that `formatIndex` wrote; undefined for others. */
export function parseRecordText(text: string): RecordText | undefined {
  const match = BEGINNING.exec(text)
  if (match === null || !text.endsWith('\n\n')) return undefined
  return { name: match[1]!, version: match[2]!, arch: match[3] ?? '', text }
}

function formatRecord(record: PackageRecord, options: FormatIndexOptions): string {
  const lines = [`C:${checksumText(record.checksum)}`, `P:${record.name}`, `V:${record.version}`]
  const installIf = record.installIf.join(' ')
  putText(lines, 'A', record.arch)
  putNumber(lines, 'S', record.size)
  putNumber(lines, 'I', record.installedSize)
  lines.push(`T:${record.description}`)
  putText(lines, 'U', record.url)
  putText(lines, 'L', record.license)
  putText(lines, 'o', record.origin)
  putText(lines, 'm', record.maintainer)
  if (record.buildTime !== undefined) lines.push(`t:${record.buildTime}`)
  putText(lines, 'c', record.commit)
  putList(lines, 'D', record.dependencies)
  if (record.installIf.length > 0) lines.push(`i:${options.bracketInstallIf === true ? `[${installIf}]` : installIf}`)
  putList(lines, 'p', record.provides)
  putNumber(lines, 'k', record.providerPriority)
  const broken = lines.find((line) => LINE_BREAK.test(line))
  if (broken !== undefined) throw lineBreak(record, broken)
  return `${lines.join('\n')}\n\n`
}

const LINE_BREAK = /[\n\r]/

function lineBreak({ name, version }: PackageRecord, line: string): ApkError {
  const build = `${name.split(LINE_BREAK)[0]}-${version.split(LINE_BREAK)[0]}`
  return new ApkError('INDEX_FIELD', `${build}: ${JSON.stringify(line.slice(0, 80))} has a line break`, {
    hint: 'Such a package could smuggle other records into the index. Build it again with values of one line.',
  })
}

function putText(lines: string[], letter: string, value: string): void {
  if (value !== '') lines.push(`${letter}:${value}`)
}

function putNumber(lines: string[], letter: string, value: number | bigint): void {
  if (value !== 0 && value !== 0n) lines.push(`${letter}:${value}`)
}

function putList(lines: string[], letter: string, values: readonly string[]): void {
  if (values.length > 0) lines.push(`${letter}:${values.join(' ')}`)
}
