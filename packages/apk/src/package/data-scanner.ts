import { createHash, type Hash } from 'node:crypto'
import { type TarHeader, type TarLimits, TarScanner } from '@apkts/archive'
import { hex } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import { fileChecksum } from './checksum.ts'

/** An entry of the data section. */
export interface DataEntry {
  readonly header: TarHeader
  /** Of the content, in the inflated data section. */
  readonly offset: number
}

/** A file whose content has to have a SHA-1. */
export interface RecordedFile {
  readonly path: string
  readonly expected: Uint8Array
  /** Of the content, in the inflated data section. */
  readonly offset: number
  readonly size: number
}

/** How a data section is read. */
export interface DataScannerOptions {
  /** They matter because entries are kept: a few megabytes can hold millions of them. */
  readonly limits?: TarLimits
  /** Gets every file that is not as recorded; by default it is thrown. */
  readonly onDamage?: ((damage: ApkError) => void) | undefined
  /** Gets every file that has a record, which is not checked then. */
  readonly onRecorded?: ((file: RecordedFile) => void) | undefined
}

/**
 * Reads an inflated data section pushed in chunks, and checks every regular file that has a SHA-1 record against it.
 * Synchronous, because packages with tens of thousands of files exist.
 */
export class DataScanner {
  readonly #file: string
  readonly #entries: DataEntry[] = []
  readonly #tar: TarScanner
  #checking: { readonly path: string; readonly expected: Uint8Array; readonly hash: Hash } | undefined

  readonly #options: DataScannerOptions

  /** `file` names the package in messages. */
  constructor(file: string, options: DataScannerOptions = {}) {
    this.#file = file
    this.#options = options
    this.#tar = new TarScanner(
      {
        member: (header, offset) => this.#member(header, offset),
        content: (chunk) => this.#checking?.hash.update(chunk),
      },
      options.limits,
    )
  }

  /** @throws ArchiveError for what is not a tar, ApkError `FILE_CHECKSUM` for a file that is not as recorded. */
  write(chunk: Uint8Array): void {
    this.#tar.write(chunk)
  }

  /** Ends the tar and returns its entries in order. */
  finish(): DataEntry[] {
    this.#tar.finish()
    this.#check()
    return this.#entries
  }

  #member(header: TarHeader, offset: number): void {
    this.#check()
    this.#entries.push({ header, offset })
    const expected = header.type === 'file' ? fileChecksum(header, this.#file) : undefined
    if (expected === undefined) return
    const { path, size } = header
    if (this.#options.onRecorded !== undefined) this.#options.onRecorded({ path, expected, offset, size })
    else this.#checking = { path, expected, hash: createHash('sha1') }
  }

  #check(): void {
    if (this.#checking === undefined) return
    const { path, expected, hash } = this.#checking
    this.#checking = undefined
    const found = hash.digest()
    if (found.equals(expected)) return
    const { onDamage = raise } = this.#options
    onDamage(fileDamage(this.#file, { path, expected }, found))
  }
}

/** `FILE_CHECKSUM`: a file of a package has another SHA-1 than its record says. */
export function fileDamage(
  file: string,
  { path, expected }: Pick<RecordedFile, 'path' | 'expected'>,
  found: Uint8Array,
): ApkError {
  const message = `${file}: ${path} is damaged: expected SHA-1 ${hex(expected)}, found ${hex(found)}`
  const hint = 'The package does not match its own records; get or build it again.'
  return new ApkError('FILE_CHECKSUM', message, { at: { file }, hint })
}

/** What happens to damage by default. */
export function raise(damage: ApkError): never {
  throw damage
}
