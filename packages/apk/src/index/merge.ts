import { isUtf8 } from 'node:buffer'
import { concatBytes, isAscii, utf8, utf8Decode } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import type { PackageRecord } from '../record.ts'
import { CANONICAL_RECORD, MAX_CANONICAL_LENGTH } from './canonical.ts'
import { formatIndex, type RecordText } from './format.ts'
import { parseIndex } from './parse.ts'

/** What is known of the existing text. */
export interface MergeOptions {
  /** Name for messages. */
  readonly file?: string
  /** The text is, byte for byte, a result of this function. */
  readonly isOwn?: boolean
}

/**
 * APKINDEX text with records added to those of an existing text: one with the same name and version is replaced in its
 * place, others are appended in their order. Nothing is sorted. Later ones of the same name and version win.
 *
 * The result is that of parsing, merging and formatting everything, but records that are already written as
 * `formatIndex` would write them are copied: of 80,000 records nearly all are, and parsing them takes a second.
 * @throws ApkError `INDEX_LINE` or `INDEX_FIELD` for records that cannot be read or written.
 */
export function mergeIndexText(
  existing: Uint8Array,
  added: readonly RecordText[],
  { file = 'APKINDEX', isOwn = false }: MergeOptions = {},
): Uint8Array {
  const text = isUtf8(existing) ? existing : utf8(utf8Decode(existing))
  const waiting = new Map<string, RecordText>()
  for (const record of added) if (record.name !== '') waiting.set(identityOf(record), record)
  const parts = new TextParts(text)
  if (isOwn && waiting.size <= FEW) replaceFew(text, waiting, parts)
  else replaceAll(recordsOf(text, file), waiting, parts)
  return concatBytes([...parts.end(), utf8([...waiting.values()].map((record) => record.text).join(''))])
}

function replaceAll(records: Iterable<IndexedRecord>, waiting: Map<string, RecordText>, parts: TextParts): void {
  for (const record of records) {
    const replacement = waiting.get(record.identity)
    if (replacement !== undefined) waiting.delete(record.identity)
    if (replacement !== undefined) parts.replace(record, replacement.text)
    else if (record.parsed !== undefined) parts.replace(record, formatIndex(record.parsed))
  }
}

/** Looking for a record in an index of 80,000 takes a tenth of the time of going through all of them. */
const FEW = 6

/** The same for a text in which all records are as they should be: only those that are replaced are looked for. */
function replaceFew(bytes: Uint8Array, waiting: Map<string, RecordText>, parts: TextParts): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const found = [...waiting].flatMap(([identity, { name, version, text: replacement }]) => {
    const place = text.indexOf(`\nP:${name}\nV:${version}\n`)
    if (place < 0) return []
    waiting.delete(identity)
    const before = text.lastIndexOf(EMPTY_LINE, place)
    const start = before < 0 ? 0 : before + EMPTY_LINE.length
    return [{ start, end: text.indexOf(EMPTY_LINE, place) + EMPTY_LINE.length, replacement }]
  })
  found.sort((a, b) => a.start - b.start)
  for (const record of found) parts.replace(record, record.replacement)
}

const EMPTY_LINE = '\n\n'

/** A record's place in a text, in bytes. */
interface Span {
  readonly start: number
  readonly end: number
}

interface IndexedRecord extends Span {
  /** Name and version, one character for each byte of their UTF-8. */
  readonly identity: string
  /** What has to be written anew: a record, or none when readers drop it; undefined when it stays as it is. */
  readonly parsed?: readonly PackageRecord[]
}

function* recordsOf(bytes: Uint8Array, file: string): Generator<IndexedRecord> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  for (let start = 0; start < text.length; ) {
    CANONICAL_RECORD.lastIndex = start
    const match = CANONICAL_RECORD.exec(text)
    if (match !== null && match[0].length <= MAX_CANONICAL_LENGTH) {
      const end = start + match[0].length
      yield { start, end, identity: `${match[1]}\n${match[2]}` }
      start = end
    } else {
      const end = recordEnd(text, start)
      const parsed = parseRecord(bytes, { start, end }, file)
      yield { start, end, identity: parsed[0] === undefined ? '' : identityOf(parsed[0]), parsed }
      start = end
    }
  }
}

/** Behind the empty line that ends the record, or the end of the text. */
function recordEnd(text: string, start: number): number {
  for (let line = start; ; ) {
    const newline = text.indexOf('\n', line)
    if (newline < 0) return text.length
    const isEmpty = newline === line || (newline === line + 1 && text[line] === '\r')
    if (isEmpty) return newline + 1
    line = newline + 1
  }
}

function parseRecord(bytes: Uint8Array, { start, end }: Span, file: string): PackageRecord[] {
  try {
    return parseIndex(utf8Decode(bytes.subarray(start, end)), file)
  } catch (error) {
    if (error instanceof ApkError) parseIndex(utf8Decode(bytes), file) // the same error with its true line
    throw error
  }
}

function identityOf({ name, version }: { readonly name: string; readonly version: string }): string {
  const identity = `${name}\n${version}`
  return isAscii(identity) ? identity : Buffer.from(identity).toString('latin1')
}

/** Collects a text in which some spans are replaced, in order. */
class TextParts {
  readonly #text: Uint8Array
  readonly #parts: Uint8Array[] = []
  #copied = 0

  constructor(text: Uint8Array) {
    this.#text = text
  }

  replace({ start, end }: Span, text: string): void {
    this.#parts.push(this.#text.subarray(this.#copied, start), utf8(text))
    this.#copied = end
  }

  end(): Uint8Array[] {
    return [...this.#parts, this.#text.subarray(this.#copied)]
  }
}
