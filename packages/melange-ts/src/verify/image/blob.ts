import { createHash } from 'node:crypto'
import { gunzipStream } from '@apkts/archive'
import { concatBytes, type Digest, utf8Decode } from '@apkts/encoding'
import { isFault } from '../package.ts'
import { type LayerFacts, LayerReader } from './layer.ts'

/** What is known of a file of an image after reading it once. */
export interface BlobFacts {
  readonly digest: Digest
  readonly size: number
  /** Parsed, when it is JSON of a reasonable size. */
  readonly json?: unknown
  /** When it is a layer: a tar, plain or in gzip. */
  readonly layer?: LayerFacts
  /** Why it could not be read as what it looks like. */
  readonly problem?: string
}

/** Documents of images are a few kilobytes; what is larger is not kept. */
const JSON_LIMIT = 32 * 2 ** 20
const LAYER_LIMIT = 256 * 2 ** 30
const BLOCK = 512
const MAGIC_OFFSET = 257
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd]

/** Reads a blob once, as a stream: its digest and size, and what it is judged by its first bytes. */
export async function readBlob(source: AsyncIterable<Uint8Array>): Promise<BlobFacts> {
  const counted = new Counted(source)
  const start = await counted.peek(BLOCK)
  const kind = kindOf(start)
  let facts: Pick<BlobFacts, 'json' | 'layer' | 'problem'> = {}
  try {
    if (kind === 'json') facts = { json: await readJson(counted.rest()) }
    else if (kind === 'gzip') facts = { layer: await readLayer(gunzipStream(counted.rest(), LAYER_LIMIT)) }
    else if (kind === 'zstd') facts = { problem: 'zstd: layers in this compression cannot be read here' }
    else if (kind === 'tar') facts = { layer: await readLayer(counted.rest()) }
  } catch (error) {
    if (!isFault(error) && !(error instanceof SyntaxError)) throw error
    facts = { problem: error.message }
  }
  return { ...(await counted.finish()), ...facts }
}

function kindOf(start: Uint8Array): 'gzip' | 'zstd' | 'json' | 'tar' | 'other' {
  if (ZSTD_MAGIC.every((byte, i) => start[i] === byte)) return 'zstd'
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip'
  if (start.length === BLOCK && utf8Decode(start.subarray(MAGIC_OFFSET, MAGIC_OFFSET + 5)) === 'ustar') return 'tar'
  if (start.length === BLOCK && start.every((byte) => byte === 0)) return 'tar'
  return start[0] === 0x7b || start[0] === 0x5b ? 'json' : 'other'
}

async function readJson(source: AsyncIterable<Uint8Array>): Promise<unknown> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > JSON_LIMIT) return undefined
    parts.push(chunk)
  }
  return JSON.parse(utf8Decode(concatBytes(parts)))
}

async function readLayer(source: AsyncIterable<Uint8Array>): Promise<LayerFacts> {
  const reader = new LayerReader()
  for await (const chunk of source) reader.write(chunk)
  return reader.finish()
}

/** Hashes what is read from a stream, and reads the rest of it when somebody stopped early. */
class Counted {
  readonly #iterator: AsyncIterator<Uint8Array>
  readonly #hash = createHash('sha256')
  readonly #held: Uint8Array[] = []
  #size = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]()
  }

  /** The first bytes, which will be handed out again; fewer only at the end. */
  async peek(length: number): Promise<Uint8Array> {
    let bytes = concatBytes(this.#held)
    while (bytes.length < length) {
      const chunk = await this.#read()
      if (chunk === undefined) break
      this.#held.push(Uint8Array.from(chunk))
      bytes = concatBytes(this.#held)
    }
    return bytes.subarray(0, length)
  }

  /** What was not handed out yet. Stopping does not close the underlying stream. */
  async *rest(): AsyncGenerator<Uint8Array, void, void> {
    for (let held = this.#held.shift(); held !== undefined; held = this.#held.shift()) yield held
    for (let chunk = await this.#read(); chunk !== undefined; chunk = await this.#read()) yield chunk
  }

  async finish(): Promise<{ digest: Digest; size: number }> {
    while ((await this.#read()) !== undefined);
    return { digest: `sha256:${this.#hash.digest('hex')}` as Digest, size: this.#size }
  }

  async #read(): Promise<Uint8Array | undefined> {
    const next = await this.#iterator.next()
    if (next.done === true) return undefined
    this.#hash.update(next.value)
    this.#size += next.value.length
    return next.value
  }
}
