import { constants, createDeflateRaw, type DeflateRaw, type ZlibOptions } from 'node:zlib'
import { concatBytes } from '@apkts/encoding'

/** How runs are deflated. */
export type DeflateOptions = Pick<ZlibOptions, 'level' | 'memLevel' | 'chunkSize'>

/**
 * Deflates runs in libuv's pool, each by itself and ended by a sync flush. Streams are used again: the tables of a new one
 * take half a megabyte, and every buffer for its output is as large as the largest run.
 */
export class Deflaters {
  readonly #options: ZlibOptions
  readonly #idle: Deflater[] = []

  constructor(options: DeflateOptions) {
    this.#options = { ...options, flush: constants.Z_SYNC_FLUSH }
  }

  /** The run, which must not change meanwhile, compressed. */
  async deflate(run: Uint8Array): Promise<Uint8Array> {
    const deflater = this.#idle.pop() ?? new Deflater(this.#options)
    const encoded = await deflater.deflate(run)
    this.#idle.push(deflater)
    return encoded
  }
}

class Deflater {
  readonly #stream: DeflateRaw
  readonly #parts: Uint8Array[] = []

  constructor(options: ZlibOptions) {
    this.#stream = createDeflateRaw(options)
    this.#stream.on('data', (part: Uint8Array) => this.#parts.push(part))
    this.#stream.on('error', () => {}) // given to who waits for the run
  }

  deflate(run: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#stream.write(run, (error) => {
        if (error != null) return reject(error)
        const parts = this.#parts.splice(0)
        this.#stream.reset()
        resolve(parts.length === 1 ? parts[0]! : concatBytes(parts))
      })
    })
  }
}
