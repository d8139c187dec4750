import { fromBase64, utf8 } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import type { PackageRecord } from '../record.ts'

const LINE_LIMIT = 1_048_575

type Draft = { -readonly [K in keyof PackageRecord]: PackageRecord[K] }

const UNSIGNED = /^[0-9]+$/
const SIGNED = /^[+-]?[0-9]+$/

/**
 * Records of an APKINDEX text, read like apko: unknown letters are ignored, the last line of a repeated letter wins, and
 * a last record without its closing empty line is dropped.
 * @throws ApkError naming line and package for a malformed line or number; the whole index is refused then.
 */
export function parseIndex(text: string, file = 'APKINDEX'): PackageRecord[] {
  const records: PackageRecord[] = []
  const reader = new LineReader(file)
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const next = newline < 0 ? text.length : newline
    const end = next > start && text.charCodeAt(next - 1) === CARRIAGE_RETURN ? next - 1 : next
    if (end > start) reader.read(text, start, end)
    else {
      const record = reader.finish()
      if (record.name !== '') records.push(record)
    }
    start = next + 1
  }
  return records
}

const CARRIAGE_RETURN = 0x0d
const COLON = 0x3a

/**
 * Fills one record after the other. An index has a line for every field of every package: little is made for a line but
 * its value, and not even that when the record before has the same, as packages of one origin do.
 */
class LineReader {
  readonly #file: string
  #draft: Draft = emptyDraft()
  #before: PackageRecord = this.#draft
  #line = 0

  constructor(file: string) {
    this.#file = file
  }

  /** Takes a line of the text. */
  read(text: string, start: number, end: number): void {
    this.#line++
    const length = end - start
    if (length > LINE_LIMIT / 3 && utf8(text.slice(start, end)).length > LINE_LIMIT) {
      throw this.#problem('INDEX_LINE', `line is longer than ${LINE_LIMIT} bytes`)
    }
    if (text.charCodeAt(start + 1) !== COLON || length < 2) {
      const shown = JSON.stringify(text.slice(start, Math.min(end, start + 40)))
      throw this.#problem('INDEX_LINE', `expected a letter, a colon and a value, found ${shown}`)
    }
    this.#set(text[start]!, text, start + 2, end)
  }

  /** Takes the empty line at the end of a record. */
  finish(): PackageRecord {
    this.#line++
    const record = this.#draft
    this.#before = record
    this.#draft = emptyDraft()
    return record
  }

  #set(letter: string, text: string, start: number, end: number): void {
    const draft = this.#draft
    const before = this.#before
    switch (letter) {
      case 'P':
        draft.name = text.slice(start, end)
        break
      case 'V':
        draft.version = same(before.version, text, start, end)
        break
      case 'A':
        draft.arch = same(before.arch, text, start, end)
        break
      case 'T':
        draft.description = text.slice(start, end)
        break
      case 'L':
        draft.license = same(before.license, text, start, end)
        break
      case 'o':
        draft.origin = same(before.origin, text, start, end)
        break
      case 'm':
        draft.maintainer = same(before.maintainer, text, start, end)
        break
      case 'U':
        draft.url = same(before.url, text, start, end)
        break
      case 'c':
        draft.commit = same(before.commit, text, start, end)
        break
      case 'D':
        draft.dependencies = listOf(text, start, end)
        break
      case 'p':
        draft.provides = listOf(text, start, end)
        break
      case 'i':
        draft.installIf = listOf(text, start, end)
        break
      default:
        this.#setOther(letter, text, start, end)
    }
  }

  #setOther(letter: string, text: string, start: number, end: number): void {
    const draft = this.#draft
    if (letter === 'S') draft.size = this.#count(letter, text, start, end)
    else if (letter === 'I') draft.installedSize = this.#count(letter, text, start, end)
    else if (letter === 't') {
      draft.buildTime = digits(text, start, end) ?? Number(this.#integer(letter, text.slice(start, end), SIGNED))
    } else if (letter === 'k') draft.providerPriority = this.#integer(letter, text.slice(start, end), UNSIGNED)
    else if (letter === 'C' && text.startsWith('Q1', start)) draft.checksum = this.#checksum(text.slice(start, end))
  }

  #count(letter: string, text: string, start: number, end: number): number {
    return digits(text, start, end) ?? Number(this.#integer(letter, text.slice(start, end), UNSIGNED))
  }

  #integer(letter: string, value: string, grammar: RegExp): bigint {
    const parsed = grammar.test(value) ? BigInt(value.replace(/^\+/, '')) : undefined
    const bits = grammar === UNSIGNED ? BigInt.asUintN : BigInt.asIntN
    if (parsed === undefined || bits(64, parsed) !== parsed) {
      throw this.#problem('INDEX_FIELD', `${letter}: expected a 64-bit integer, found ${JSON.stringify(value)}`)
    }
    return parsed
  }

  #checksum(value: string): Uint8Array | undefined {
    const bytes = fromBase64(value.slice(2))
    if (bytes === undefined) {
      throw this.#problem('INDEX_FIELD', `C: expected base64 after Q1, found ${JSON.stringify(value)}`)
    }
    return bytes.length === 0 ? undefined : bytes
  }

  #problem(code: 'INDEX_LINE' | 'INDEX_FIELD', text: string): ApkError {
    const { name } = this.#draft
    const owner = name === '' ? '' : ` (package ${name})`
    return new ApkError(code, `${this.#file}:${this.#line}${owner}: ${text}`, {
      at: { file: this.#file, line: this.#line },
      hint: 'The index is damaged or was not written by an apk tool; fetch or build it again.',
    })
  }
}

// One literal: the way over defaults and a spread costs more than all fields together.
function emptyDraft(): Draft {
  return {
    name: '',
    version: '',
    arch: '',
    description: '',
    license: '',
    origin: '',
    maintainer: '',
    url: '',
    commit: '',
    dependencies: NOTHING,
    provides: NOTHING,
    installIf: NOTHING,
    replaces: NOTHING,
    size: 0,
    installedSize: 0,
    buildTime: undefined,
    providerPriority: 0n,
    checksum: undefined,
  }
}

const NOTHING: readonly string[] = []

/** The value, the one before if that is the same: not a second text. */
function same(before: string, text: string, start: number, end: number): string {
  return before.length === end - start && text.startsWith(before, start) ? before : text.slice(start, end)
}

function listOf(text: string, start: number, end: number): readonly string[] {
  return start === end ? NOTHING : text.slice(start, end).split(' ')
}

/** The number that up to fifteen digits are; undefined for everything else, which takes the detour over BigInt. */
function digits(text: string, start: number, end: number): number | undefined {
  if (start === end || end - start > 15) return undefined
  let number = 0
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return undefined
    number = number * 10 + digit
  }
  return number
}
