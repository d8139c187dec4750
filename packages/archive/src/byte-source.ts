/** Reads exact lengths from a stream of chunks, keeping only the rest of the last chunk. */
export class ByteSource {
  readonly #iterator: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)
  #position = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]()
  }

  /** Bytes handed out so far. */
  get position(): number {
    return this.#position
  }

  /** The next at most `limit` bytes, whatever is at hand; undefined at the end. */
  async some(limit: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#iterator.next()
      if (next.done === true) return undefined
      this.#rest = next.value
    }
    return this.#take(Math.min(limit, this.#rest.length))
  }

  /** Up to `length` bytes; fewer only at the end. */
  async upTo(length: number): Promise<Uint8Array> {
    const first = length === 0 ? undefined : await this.some(length)
    if (first === undefined || first.length === length) return first ?? new Uint8Array(0)
    const joined = new Uint8Array(length)
    joined.set(first)
    let filled = first.length
    while (filled < length) {
      const part = await this.some(length - filled)
      if (part === undefined) break
      joined.set(part, filled)
      filled += part.length
    }
    return joined.subarray(0, filled)
  }

  /** Gives the last bytes back, so that they are read again. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (this.#rest.length > 0) {
      const joined = new Uint8Array(bytes.length + this.#rest.length)
      joined.set(bytes)
      joined.set(this.#rest, bytes.length)
      this.#rest = joined
    } else this.#rest = bytes
    this.#position -= bytes.length
  }

  /** Tells the underlying stream that nobody reads on. */
  async close(): Promise<void> {
    await this.#iterator.return?.()
  }

  #take(length: number): Uint8Array {
    const taken = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    this.#position += length
    return taken
  }
}
