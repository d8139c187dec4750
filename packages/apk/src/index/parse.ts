import { fromBase64, utf8 } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import { type PackageRecord, packageRecord } from '../record.ts'

const LINE_LIMIT = 1_048_575

type Draft = { -readonly [K in keyof PackageRecord]: PackageRecord[K] }

const TEXT_FIELDS = {
  P: 'name',
  V: 'version',
  A: 'arch',
  T: 'description',
  L: 'license',
  o: 'origin',
  m: 'maintainer',
  U: 'url',
  c: 'commit',
} as const satisfies Record<string, keyof PackageRecord>

const LIST_FIELDS = { D: 'dependencies', p: 'provides', i: 'installIf' } as const

const UNSIGNED = /^[0-9]+$/
const SIGNED = /^[+-]?[0-9]+$/

interface Place {
  readonly file: string
  readonly line: number
}

/**
 * Records of an APKINDEX text, read like apko: unknown letters are ignored, the last line of a repeated letter wins, and
 * a last record without its closing empty line is dropped.
 * @throws ApkError naming line and package for a malformed line or number; the whole index is refused then.
 */
export function parseIndex(text: string, file = 'APKINDEX'): PackageRecord[] {
  const records: PackageRecord[] = []
  let draft = emptyDraft()
  let line = 0
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const content = text[end - 1] === '\r' && end > start ? text.slice(start, end - 1) : text.slice(start, end)
    line++
    start = end + 1
    if (content !== '') readLine(draft, content, { file, line })
    else {
      if (draft.name !== '') records.push(draft)
      draft = emptyDraft()
    }
  }
  return records
}

function emptyDraft(): Draft {
  return packageRecord({ name: '', version: '' })
}

function readLine(draft: Draft, line: string, place: Place): void {
  if (line.length > LINE_LIMIT / 3 && utf8(line).length > LINE_LIMIT) {
    throw problem('INDEX_LINE', draft, place, `line is longer than ${LINE_LIMIT} bytes`)
  }
  if (line[1] !== ':') {
    const shown = JSON.stringify(line.slice(0, 40))
    throw problem('INDEX_LINE', draft, place, `expected a letter, a colon and a value, found ${shown}`)
  }
  readField(draft, line[0]!, line.slice(2), place)
}

function readField(draft: Draft, letter: string, value: string, place: Place): void {
  if (isKey(letter, TEXT_FIELDS)) draft[TEXT_FIELDS[letter]] = value
  else if (isKey(letter, LIST_FIELDS)) draft[LIST_FIELDS[letter]] = value === '' ? [] : value.split(' ')
  else if (letter === 'S') draft.size = count(draft, letter, value, place)
  else if (letter === 'I') draft.installedSize = count(draft, letter, value, place)
  else if (letter === 'k') draft.providerPriority = integer(draft, letter, value, UNSIGNED, place)
  else if (letter === 't') draft.buildTime = Number(integer(draft, letter, value, SIGNED, place))
  else if (letter === 'C') draft.checksum = checksum(draft, value, place)
}

function isKey<T extends object>(letter: string, fields: T): letter is string & keyof T {
  return Object.hasOwn(fields, letter)
}

// Called twice for every record: numbers of up to fifteen digits are exact without the detour over BigInt.
function count(draft: Draft, letter: string, value: string, place: Place): number {
  if (value.length <= 15 && UNSIGNED.test(value)) return Number(value)
  return Number(integer(draft, letter, value, UNSIGNED, place))
}

function integer(draft: Draft, letter: string, value: string, grammar: RegExp, place: Place): bigint {
  const parsed = grammar.test(value) ? BigInt(value.replace(/^\+/, '')) : undefined
  const bits = grammar === UNSIGNED ? BigInt.asUintN : BigInt.asIntN
  if (parsed === undefined || bits(64, parsed) !== parsed) {
    throw problem('INDEX_FIELD', draft, place, `${letter}: expected a 64-bit integer, found ${JSON.stringify(value)}`)
  }
  return parsed
}

function checksum(draft: Draft, value: string, place: Place): Uint8Array | undefined {
  if (!value.startsWith('Q1')) return draft.checksum
  const bytes = fromBase64(value.slice(2))
  if (bytes === undefined) {
    throw problem('INDEX_FIELD', draft, place, `C: expected base64 after Q1, found ${JSON.stringify(value)}`)
  }
  return bytes.length === 0 ? undefined : bytes
}

function problem(code: 'INDEX_LINE' | 'INDEX_FIELD', draft: Draft, at: Place, text: string): ApkError {
  const owner = draft.name === '' ? '' : ` (package ${draft.name})`
  return new ApkError(code, `${at.file}:${at.line}${owner}: ${text}`, {
    at,
    hint: 'The index is damaged or was not written by an apk tool; fetch or build it again.',
  })
}
