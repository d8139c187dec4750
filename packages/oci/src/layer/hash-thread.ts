import { Worker } from 'node:worker_threads'
import { ArchiveError } from '@apkts/archive'
import type { Digest } from '@apkts/encoding'

/** What the thread is told: bytes to hash, and ranges of files to read and hash, in order. */
export interface Batch {
  /** The bytes of all slices that are at hand, one after the other. */
  readonly bytes: Uint8Array
  /** Files of the ranges. */
  readonly paths: readonly string[]
  /** Three numbers a slice: index of its path or -1 for bytes at hand, offset in the file, size. */
  readonly slices: Float64Array
}

/** It answers every batch, with the path of a file that was too short, and the end of a tar with the digest. */
const THREAD = `
const { closeSync, openSync, readSync } = require('node:fs')
const { parentPort } = require('node:worker_threads')
const { createHash } = require('node:crypto')
const buffer = Buffer.allocUnsafeSlow(1 << 20)
const files = new Map()
let hash
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
  if (message === 'start') {
    hash = createHash('sha256')
    filled = 0
  } else if (message === 'end') {
    flush()
    closeAll()
    parentPort.postMessage({ digest: hash.digest('hex') })
  } else parentPort.postMessage({ short: batch(message) })
})`

interface Answer {
  readonly short?: string
  readonly digest?: string
}

interface Waiting {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** The thread, and the order of what it answers. */
export class HashThread {
  readonly #worker = new Worker(THREAD, { eval: true })
  readonly #waiting: Waiting[] = []
  #failure: unknown

  constructor() {
    this.#worker.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('the thread that hashes a layer has ended')))
  }

  /** Begins a tar. */
  start(): void {
    this.#worker.postMessage('start')
  }

  /** Resolves when the batch is hashed. Its bytes are gone then. @throws ArchiveError `CONTENT_TRUNCATED` */
  async send(batch: Batch): Promise<void> {
    const { short } = await this.#ask(batch, [batch.bytes.buffer as ArrayBuffer, batch.slices.buffer as ArrayBuffer])
    if (short === undefined) return
    throw new ArchiveError('CONTENT_TRUNCATED', `${short} ends early: it changed while it was being read`, {
      at: { file: short },
    })
  }

  /** Ends the tar. */
  async end(): Promise<Digest> {
    return `sha256:${(await this.#ask('end', [])).digest}`
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(message: Batch | 'end', transfer: ArrayBuffer[]): Promise<Answer> {
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
