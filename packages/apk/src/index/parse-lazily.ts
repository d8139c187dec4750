import type { PackageRecord } from '../record.ts'
import { LineReader, listOf, NOTHING, SIGNED, sameOr, UNSIGNED } from './line-reader.ts'
import { parseIndex } from './parse.ts'

/**
 * The same records as `parseIndex`, and the same errors, in less time and memory: what a resolver needs of every package
 * is read at once, everything else when it is first asked for. The records are no plain objects: they cannot be spread.
 * @throws ApkError naming line and package for a malformed line or number; the whole index is refused then.
 */
export function parseIndexLazily(text: string, file = 'APKINDEX'): PackageRecord[] {
  const reader = new LazyReader(file)
  reader.readAll(text)
  return reader.records
}

class LazyRecord implements PackageRecord {
  name = ''
  version = ''
  origin = ''
  provides: readonly string[] = NOTHING
  installIf: readonly string[] = NOTHING
  providerPriority = 0n
  readonly #text: string
  readonly #start: number
  #end: number
  #whole: PackageRecord | undefined

  constructor(text: string, start: number) {
    this.#text = text
    this.#start = start
    this.#end = start
  }

  endAt(end: number): void {
    this.#end = end
  }

  // Checked when the index was read: it cannot fail now.
  get #rest(): PackageRecord {
    this.#whole ??= parseIndex(this.#text.slice(this.#start, this.#end))[0]!
    return this.#whole
  }

  get arch(): string {
    return this.#rest.arch
  }
  get description(): string {
    return this.#rest.description
  }
  get license(): string {
    return this.#rest.license
  }
  get maintainer(): string {
    return this.#rest.maintainer
  }
  get url(): string {
    return this.#rest.url
  }
  get commit(): string {
    return this.#rest.commit
  }
  get dependencies(): readonly string[] {
    return this.#rest.dependencies
  }
  get replaces(): readonly string[] {
    return this.#rest.replaces
  }
  get size(): number {
    return this.#rest.size
  }
  get installedSize(): number {
    return this.#rest.installedSize
  }
  get buildTime(): number | undefined {
    return this.#rest.buildTime
  }
  get checksum(): Uint8Array | undefined {
    return this.#rest.checksum
  }
}

class LazyReader extends LineReader {
  readonly records: LazyRecord[] = []
  #record: LazyRecord | undefined
  #start = 0
  #before = { version: '', origin: '' }

  protected get name(): string {
    return this.#record?.name ?? ''
  }

  protected finish(_: string, start: number): void {
    const record = this.#record
    if (record !== undefined) {
      record.endAt(start)
      if (record.name !== '') this.records.push(record)
      this.#before = record
    }
    this.#record = undefined
    this.#start = start
  }

  protected set(letter: string, text: string, start: number, end: number): void {
    this.#record ??= new LazyRecord(text, this.#start)
    const record = this.#record
    switch (letter) {
      case 'P':
        record.name = text.slice(start, end)
        break
      case 'V':
        record.version = sameOr(this.#before.version, text, start, end)
        break
      case 'o':
        record.origin = sameOr(this.#before.origin, text, start, end)
        break
      case 'p':
        record.provides = listOf(text, start, end)
        break
      case 'i':
        record.installIf = listOf(text, start, end)
        break
      case 'k':
        record.providerPriority = this.integer(letter, text.slice(start, end), UNSIGNED)
        break
      default:
        this.#check(letter, text, start, end)
    }
  }

  /** What is not read now must be readable later. */
  #check(letter: string, text: string, start: number, end: number): void {
    if (letter === 'S' || letter === 'I') this.count(letter, text, start, end)
    else if (letter === 't') this.count(letter, text, start, end, SIGNED)
    else if (letter === 'C' && text.startsWith('Q1', start) && !isBase64(text, start + 2, end)) {
      const shown = JSON.stringify(text.slice(start, end))
      throw this.problem('INDEX_FIELD', `C: expected base64 after Q1, found ${shown}`)
    }
  }
}

// Once for every package: a loop is done before a regular expression has warmed up.
function isBase64(text: string, start: number, end: number): boolean {
  if ((end - start) % 4 !== 0) return false
  let digits = end
  while (digits > start && digits > end - 2 && text.charCodeAt(digits - 1) === EQUALS_SIGN) digits--
  for (let i = start; i < digits; i++) if (!isBase64Digit(text.charCodeAt(i))) return false
  return true
}

const EQUALS_SIGN = 0x3d

function isBase64Digit(code: number): boolean {
  const letter = code | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2f
}
