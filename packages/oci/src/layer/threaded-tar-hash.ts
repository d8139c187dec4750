import { Worker } from 'node:worker_threads'
import { ArchiveError } from '@apkts/archive'
import { concatBytes, type Digest } from '@apkts/encoding'
import type { Run } from './runs.ts'
import type { TarHash } from './tar-hash.ts'

/** What the thread is told: bytes to hash, and ranges of files to read and hash, in order. */
interface Batch {
  /** The bytes of all slices that are at hand, one after the other. */
  readonly bytes: Uint8Array
  /** Files of the ranges. */
  readonly paths: readonly string[]
  /** Three numbers a slice: index of its path or -1 for bytes at hand, offset in the file, size. */
  readonly slices: Float64Array
}

/** The thread answers every batch, and null with the digest; an answer is a string where a file was too short: its path. */
const THREAD = `
const { closeSync, openSync, readSync } = require('node:fs')
const { parentPort } = require('node:worker_threads')
const hash = require('node:crypto').createHash('sha256')
const buffer = Buffer.allocUnsafeSlow(1 << 20)
const files = new Map()
let filled = 0
function flush() {
  hash.update(buffer.subarray(0, filled))
  filled = 0
}
function descriptor(path) {
  if (!files.has(path)) {
    if (files.size >= 128) closeAll()
    files.set(path, openSync(path, 'r'))
  }
  return files.get(path)
}
function closeAll() {
  for (const open of files.values()) closeSync(open)
  files.clear()
}
function read(path, offset, size) {
  const file = descriptor(path)
  for (let done = 0; done < size; ) {
    if (filled === buffer.length) flush()
    const count = readSync(file, buffer, filled, Math.min(size - done, buffer.length - filled), offset + done)
    if (count === 0) return false
    filled += count
    done += count
  }
  return true
}
function copy(bytes) {
  if (filled + bytes.length > buffer.length) flush()
  buffer.set(bytes, filled)
  filled += bytes.length
}
function batch({ bytes, paths, slices }) {
  let used = 0
  for (let i = 0; i < slices.length; i += 3) {
    const [file, offset, size] = slices.subarray(i, i + 3)
    if (file < 0) copy(bytes.subarray(used, (used += size)))
    else if (!read(paths[file], offset, size)) return paths[file]
  }
  return undefined
}
parentPort.on('message', (message) => {
  if (message !== null) return parentPort.postMessage({ short: batch(message) })
  flush()
  closeAll()
  parentPort.postMessage({ digest: hash.digest('hex') })
})`

interface Answer {
  readonly short?: string
  readonly digest?: string
}

interface Waiting {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** Bytes of tar that are told of at once. */
const BATCH = 4 << 20
/** Batches under way, so that what is told of them takes little memory. */
const AHEAD = 16

/**
 * A hash computed in a thread of its own, which reads the contents itself: for layers of which most is not compressed
 * anew, so that nobody else needs their contents. Starting the thread takes 40 ms.
 */
export function threadedTarHash(): TarHash {
  const thread = new HashThread()
  let size = 0
  let pending: Run[] = []
  let pendingSize = 0
  const send = (): Promise<void> | undefined => {
    const batch = batchOf(pending)
    pending = []
    pendingSize = 0
    return thread.send(batch)
  }
  return {
    wantsBytes: false,
    get size() {
      return size
    },
    add(run) {
      size += run.size
      pendingSize += run.size
      pending.push(run)
      return pendingSize >= BATCH ? send() : undefined
    },
    async digest() {
      await send()
      return thread.digest()
    },
    close: () => thread.close(),
  }
}

function batchOf(runs: readonly Run[]): Batch {
  const paths = new Map<string, number>()
  const slices: number[] = []
  const bytes: Uint8Array[] = []
  for (const slice of runs.flatMap((run) => run.slices)) {
    if (slice.kind === 'bytes') {
      bytes.push(slice.bytes)
      slices.push(-1, 0, slice.bytes.length)
      continue
    }
    const index = paths.get(slice.path) ?? paths.size
    paths.set(slice.path, index)
    slices.push(index, slice.offset, slice.size)
  }
  return { bytes: concatBytes(bytes), paths: [...paths.keys()], slices: Float64Array.from(slices) }
}

class HashThread {
  readonly #worker = new Worker(THREAD, { eval: true })
  readonly #waiting: Waiting[] = []
  readonly #sent: Promise<void>[] = []
  #failure: unknown

  constructor() {
    this.#worker.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('the thread that hashes a layer has ended')))
  }

  /** Undefined while there is room for more. */
  send(batch: Batch): Promise<void> | undefined {
    const sent = this.#ask(batch, [batch.bytes.buffer as ArrayBuffer, batch.slices.buffer as ArrayBuffer]).then(
      checkAnswer,
    )
    sent.catch(() => {}) // thrown by whoever waits for it
    this.#sent.push(sent)
    return this.#sent.length > AHEAD ? this.#sent.shift() : undefined
  }

  async digest(): Promise<Digest> {
    for (const sent of this.#sent) await sent
    return `sha256:${(await this.#ask(null, [])).digest}`
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(message: Batch | null, transfer: ArrayBuffer[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(message, transfer)
    })
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}

function checkAnswer({ short }: Answer): void {
  if (short === undefined) return
  throw new ArchiveError('CONTENT_TRUNCATED', `${short} ends early: it changed while it was being read`, {
    at: { file: short },
  })
}
