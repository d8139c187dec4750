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

/**
 * Reads an inflated data section pushed in chunks, and checks every regular file that has a SHA-1 record against it.
 * Synchronous, because packages with tens of thousands of files exist.
 */
export class DataScanner {
  readonly #file: string
  readonly #entries: DataEntry[] = []
  readonly #tar: TarScanner
  #checking: { readonly path: string; readonly expected: Uint8Array; readonly hash: Hash } | undefined

  readonly #onDamage: (damage: ApkError) => void

  /**
   * `file` names the package in messages. `onDamage` gets every file that is not as recorded; by default it throws.
   * The limits matter because entries are kept: a few megabytes can hold millions of them.
   */
  constructor(file: string, onDamage: (damage: ApkError) => void = raise, limits: TarLimits = {}) {
    this.#file = file
    this.#onDamage = onDamage
    this.#tar = new TarScanner(
      {
        member: (header, offset) => this.#member(header, offset),
        content: (chunk) => this.#checking?.hash.update(chunk),
      },
      limits,
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
    if (expected !== undefined) this.#checking = { path: header.path, expected, hash: createHash('sha1') }
  }

  #check(): void {
    if (this.#checking === undefined) return
    const { path, expected, hash } = this.#checking
    this.#checking = undefined
    const found = hash.digest()
    if (found.equals(expected)) return
    this.#onDamage(
      new ApkError(
        'FILE_CHECKSUM',
        `${this.#file}: ${path} is damaged: expected SHA-1 ${hex(expected)}, found ${hex(found)}`,
        { at: { file: this.#file }, hint: 'The package does not match its own records; get or build it again.' },
      ),
    )
  }
}

function raise(damage: ApkError): never {
  throw damage
}
