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

function formatRecord(record: PackageRecord, options: FormatIndexOptions): string {
  const installIf = record.installIf.join(' ')
  const lines = [
    `C:${checksumText(record.checksum)}`,
    `P:${record.name}`,
    `V:${record.version}`,
    ...unlessEmpty('A', record.arch),
    ...unlessZero('S', record.size),
    ...unlessZero('I', record.installedSize),
    `T:${record.description}`,
    ...unlessEmpty('U', record.url),
    ...unlessEmpty('L', record.license),
    ...unlessEmpty('o', record.origin),
    ...unlessEmpty('m', record.maintainer),
    ...(record.buildTime === undefined ? [] : [`t:${record.buildTime}`]),
    ...unlessEmpty('c', record.commit),
    ...list('D', record.dependencies),
    ...(record.installIf.length === 0 ? [] : [`i:${options.bracketInstallIf === true ? `[${installIf}]` : installIf}`]),
    ...list('p', record.provides),
    ...unlessZero('k', record.providerPriority),
  ]
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

function unlessEmpty(letter: string, value: string): string[] {
  return value === '' ? [] : [`${letter}:${value}`]
}

function unlessZero(letter: string, value: number | bigint): string[] {
  return value === 0 || value === 0n ? [] : [`${letter}:${value}`]
}

function list(letter: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`${letter}:${values.join(' ')}`]
}
