import { fromBase64 } from '@apkts/encoding'
import type { PackageRecord } from '../record.ts'
import { LineReader, listOf, NOTHING, SIGNED, sameOr, UNSIGNED } from './line-reader.ts'

/**
 * Records of an APKINDEX text, read like apko: unknown letters are ignored, the last line of a repeated letter wins, and
 * a last record without its closing empty line is dropped.
 * @throws ApkError naming line and package for a malformed line or number; the whole index is refused then.
 */
export function parseIndex(text: string, file = 'APKINDEX'): PackageRecord[] {
  const reader = new RecordReader(file)
  reader.readAll(text)
  return reader.records
}

type Draft = { -readonly [K in keyof PackageRecord]: PackageRecord[K] }

class RecordReader extends LineReader {
  readonly records: PackageRecord[] = []
  #draft: Draft = emptyDraft()
  #before: PackageRecord = this.#draft

  protected get name(): string {
    return this.#draft.name
  }

  protected finish(): void {
    if (this.#draft.name !== '') this.records.push(this.#draft)
    this.#before = this.#draft
    this.#draft = emptyDraft()
  }

  protected set(letter: string, text: string, start: number, end: number): void {
    const draft = this.#draft
    const before = this.#before
    switch (letter) {
      case 'P':
        draft.name = text.slice(start, end)
        break
      case 'V':
        draft.version = sameOr(before.version, text, start, end)
        break
      case 'A':
        draft.arch = sameOr(before.arch, text, start, end)
        break
      case 'T':
        draft.description = text.slice(start, end)
        break
      case 'L':
        draft.license = sameOr(before.license, text, start, end)
        break
      case 'o':
        draft.origin = sameOr(before.origin, text, start, end)
        break
      case 'm':
        draft.maintainer = sameOr(before.maintainer, text, start, end)
        break
      case 'U':
        draft.url = sameOr(before.url, text, start, end)
        break
      case 'c':
        draft.commit = sameOr(before.commit, text, start, end)
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
    if (letter === 'S') draft.size = this.count(letter, text, start, end)
    else if (letter === 'I') draft.installedSize = this.count(letter, text, start, end)
    else if (letter === 't') draft.buildTime = this.count(letter, text, start, end, SIGNED)
    else if (letter === 'k') draft.providerPriority = this.integer(letter, text.slice(start, end), UNSIGNED)
    else if (letter === 'C' && text.startsWith('Q1', start)) draft.checksum = this.#checksum(text.slice(start, end))
  }

  #checksum(value: string): Uint8Array | undefined {
    const bytes = fromBase64(value.slice(2))
    if (bytes === undefined) {
      throw this.problem('INDEX_FIELD', `C: expected base64 after Q1, found ${JSON.stringify(value)}`)
    }
    return bytes.length === 0 ? undefined : bytes
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
