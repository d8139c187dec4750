import { ArchiveError } from '@apkts/archive'
import type { Digest } from '@apkts/encoding'
import { AnsweringThread } from '@apkts/threads'

/** What the thread is told: bytes to hash, and ranges of files to read and hash, in order. */
export interface Batch {
  /** The bytes of all slices that are at hand, one after the other. */
  readonly bytes: Uint8Array
  /** Files of the ranges. */
  readonly paths: readonly string[]
  /** Three numbers a slice: index of its path or -1 for bytes at hand, offset in the file, size. */
  readonly slices: Float64Array
}

/** What is to be done for a tar; several can be under way. */
type Message = { readonly tar: number } & ({ readonly batch: Batch } | { readonly step: 'start' | 'end' | 'forget' })

/**
 * It answers every batch, with the path of a file that was too short, and the end of a tar with the digest. Bytes go through
 * buffers that stay in the processor's cache; files that stand close together in one are read at once, with what is between.
 */
const THREAD = `
const { closeSync, openSync, readSync } = require('node:fs')
const { parentPort, workerData: forgotten } = require('node:worker_threads')
const { createHash } = require('node:crypto')
const SIZE = 1 << 18
const GAP = 1 << 12
const stretch = Buffer.allocUnsafeSlow(SIZE)
const files = new Map()
const tars = new Map()
let hash
let buffer
let filled = 0
function enter(tar) {
  ;({ hash, buffer, filled } = tars.get(tar))
}
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
function read(file, offset, size) {
  for (let done = 0; done < size; ) {
    if (filled === SIZE) flush()
    const count = readSync(file, buffer, filled, Math.min(size - done, SIZE - filled), offset + done)
    if (count === 0) return false
    filled += count
    done += count
  }
  return true
}
function readStretch(file, offset, size) {
  for (let done = 0; done < size; ) {
    const count = readSync(file, stretch, done, size - done, offset + done)
    if (count === 0) return false
    done += count
  }
  return true
}
function copy(source, start, end) {
  if (filled + end - start > SIZE) flush()
  if (end - start > SIZE) hash.update(source.subarray(start, end))
  else {
    buffer.set(source.subarray(start, end), filled)
    filled += end - start
  }
}
function stretchEnd(slices, first) {
  const start = slices[first + 1]
  let end = start + slices[first + 2]
  for (let i = first + 3; i < slices.length; i += 3) {
    if (slices[i] < 0) continue
    const next = slices[i + 1]
    if (slices[i] !== slices[first] || next < end || next > end + GAP || next + slices[i + 2] > start + SIZE) break
    end = next + slices[i + 2]
  }
  return end
}
function batch(tar, { bytes, paths, slices }) {
  let used = 0
  let held = -1
  let from = 0
  let to = 0
  for (let i = 0; i < slices.length; i += 3) {
    if (Atomics.load(forgotten, tar % forgotten.length) === 1) return undefined
    const index = slices[i]
    const offset = slices[i + 1]
    const end = offset + slices[i + 2]
    if (index < 0) copy(bytes, used, (used += slices[i + 2]))
    else if (index === held && offset >= from && end <= to) copy(stretch, offset - from, end - from)
    else {
      const file = descriptor(paths[index])
      const last = stretchEnd(slices, i)
      const single = last === end
      if (!(single ? read(file, offset, end - offset) : readStretch(file, offset, last - offset))) return paths[index]
      if (single) continue
      held = index
      from = offset
      to = last
      copy(stretch, 0, end - offset)
    }
  }
  return undefined
}
function end(tar) {
  enter(tar)
  flush()
  tars.delete(tar)
  if (tars.size === 0) closeAll()
  return { digest: hash.digest('hex') }
}
function next(tar, part) {
  enter(tar)
  const short = batch(tar, part)
  tars.get(tar).filled = filled
  return { short }
}
parentPort.on('message', ({ tar, batch, step }) => {
  if (step === 'start') tars.set(tar, { hash: createHash('sha256'), buffer: Buffer.allocUnsafeSlow(SIZE), filled: 0 })
  else if (step === 'forget') tars.delete(tar)
  else parentPort.postMessage(step === 'end' ? end(tar) : next(tar, batch))
})`

interface Answer {
  readonly short?: string
  readonly digest?: string
}

/** More tars than this are never under way. */
const MARKS = 1 << 12

/** The thread, and the order of what it answers. */
export class HashThread {
  /** Marks tars that nobody wants any more, which leaves batches that were sent already. */
  readonly #forgotten = new Uint8Array(new SharedArrayBuffer(MARKS))
  readonly #thread = new AnsweringThread<Message, Answer>('hashes a layer', THREAD, this.#forgotten)
  #tars = 0

  /** Begins a tar and gives its number. */
  start(): number {
    const tar = ++this.#tars
    Atomics.store(this.#forgotten, tar % MARKS, 0)
    this.#thread.tell({ tar, step: 'start' })
    return tar
  }

  /** Leaves what is under way of a tar. */
  forget(tar: number): void {
    Atomics.store(this.#forgotten, tar % MARKS, 1)
    this.#thread.tell({ tar, step: 'forget' })
  }

  /** Resolves when the batch is hashed. Its bytes are gone then. @throws ArchiveError `CONTENT_TRUNCATED` */
  async send(tar: number, batch: Batch): Promise<void> {
    const { short } = await this.#thread.ask({ tar, batch }, [
      batch.bytes.buffer as ArrayBuffer,
      batch.slices.buffer as ArrayBuffer,
    ])
    if (short === undefined) return
    throw new ArchiveError('CONTENT_TRUNCATED', `${short} ends early: it changed while it was being read`, {
      at: { file: short },
    })
  }

  /** Ends the tar. */
  async end(tar: number): Promise<Digest> {
    return `sha256:${(await this.#thread.ask({ tar, step: 'end' })).digest}`
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}
