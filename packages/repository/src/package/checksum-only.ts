import { CHECKSUM_RECORD } from '@apkts/apk'
import { utf8 } from '@apkts/encoding'

/** Characters of a checksum: SHA-1 in hex. */
export const LENGTH = 40

/**
 * The pax records of nearly every file of a package: its checksum. Its bytes are made when somebody asks for them, because
 * there are tens of thousands of such files, and nobody asks unless two packages have the same one.
 */
export class ChecksumOnly implements ReadonlyMap<string, Uint8Array> {
  readonly #checksums: string
  readonly #start: number

  /** The checksum that starts there in a text of many. */
  constructor(checksums: string, start: number) {
    this.#checksums = checksums
    this.#start = start
  }

  get size(): number {
    return 1
  }

  has(key: string): boolean {
    return key === CHECKSUM_RECORD
  }

  get(key: string): Uint8Array | undefined {
    return key === CHECKSUM_RECORD ? utf8(this.#checksums.slice(this.#start, this.#start + LENGTH)) : undefined
  }

  keys(): MapIterator<string> {
    return this.#map().keys()
  }

  values(): MapIterator<Uint8Array> {
    return this.#map().values()
  }

  entries(): MapIterator<[string, Uint8Array]> {
    return this.#map().entries()
  }

  [Symbol.iterator](): MapIterator<[string, Uint8Array]> {
    return this.entries()
  }

  forEach(visit: (value: Uint8Array, key: string, map: ReadonlyMap<string, Uint8Array>) => void): void {
    this.#map().forEach(visit)
  }

  #map(): ReadonlyMap<string, Uint8Array> {
    return new Map([[CHECKSUM_RECORD, this.get(CHECKSUM_RECORD)!]])
  }
}
