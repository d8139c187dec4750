import { createHash, type Hash } from 'node:crypto'
import { type TarHeader, TarScanner } from '@apkts/archive'
import { concatBytes, type Digest, sha1 } from '@apkts/encoding'

/** An entry of a layer, with what an installed database can be compared with. */
export interface LayerEntry {
  readonly type: TarHeader['type']
  readonly linkname: string
  /** SHA-1 of a file's content or a symbolic link's target. */
  readonly sha1?: Uint8Array
}

export interface LayerFacts {
  readonly diffId: Digest
  /** By path; the last entry of a path counts, as when unpacking. */
  readonly entries: ReadonlyMap<string, LayerEntry>
  /** Contents of installed databases in it, by path. */
  readonly databases: ReadonlyMap<string, Uint8Array>
}

/** Where apk keeps what is installed: since 3.0 and before. */
export const DATABASES = ['usr/lib/apk/db/installed', 'lib/apk/db/installed']
const DATABASE_LIMIT = 512 * 2 ** 20

/** Reads a layer's tar pushed in chunks. Of contents only digests are kept, and installed databases. */
export class LayerReader {
  readonly #hash = createHash('sha256')
  readonly #entries = new Map<string, LayerEntry>()
  readonly #databases = new Map<string, Uint8Array>()
  readonly #tar: TarScanner
  #current: { readonly header: TarHeader; readonly hash: Hash; readonly kept: Uint8Array[] | undefined } | undefined

  constructor() {
    this.#tar = new TarScanner({
      member: (header) => this.#member(header),
      content: (chunk) => {
        this.#current?.hash.update(chunk)
        this.#current?.kept?.push(Uint8Array.from(chunk))
      },
    })
  }

  write(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    this.#tar.write(chunk)
  }

  finish(): LayerFacts {
    this.#tar.finish()
    this.#close()
    const diffId = `sha256:${this.#hash.digest('hex')}` as Digest
    return { diffId, entries: this.#entries, databases: this.#databases }
  }

  #member(raw: TarHeader): void {
    this.#close()
    const header = { ...raw, path: raw.path.replace(/^(\.?\/)+/, '') }
    const { path, type, linkname, size } = header
    if (type === 'file') {
      const kept = DATABASES.includes(path) && size <= DATABASE_LIMIT ? [] : undefined
      this.#current = { header, hash: createHash('sha1'), kept }
    } else this.#entries.set(path, { type, linkname, ...(type === 'symlink' ? { sha1: sha1(linkname) } : {}) })
  }

  #close(): void {
    if (this.#current === undefined) return
    const { header, hash, kept } = this.#current
    this.#current = undefined
    this.#entries.set(header.path, { type: 'file', linkname: '', sha1: hash.digest() })
    if (kept !== undefined) this.#databases.set(header.path, concatBytes(kept))
  }
}
