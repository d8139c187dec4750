import { DEFLATE_BLOCKS } from '@apkts/archive'
import { AnsweringThread } from '@apkts/threads'

/** Asks for the blocks of a compressed data section. */
export interface BlocksQuestion {
  readonly path: string
  /** The digest that it must have, in hex; absent when that is known. */
  readonly sha256: string | undefined
}

/** Asks for the CRC-32 of ranges of a file: two numbers each, offset and size. */
export interface ChecksumsQuestion {
  readonly path: string
  readonly ranges: Float64Array
}

/** The deflate blocks of a gzip file of one member. */
export interface DeflateBlocks {
  /** Bytes inflated. */
  readonly size: number
  /**
   * Five numbers a block, without the last one: where it begins and ends inflated, the first byte it refers to, and its
   * first and end bit in the file.
   */
  readonly blocks: Float64Array
}

/** It answers every question in order; with `undefined` where there are no blocks to be used. */
const THREAD = `
const { closeSync, openSync, readSync } = require('node:fs')
const { createHash } = require('node:crypto')
const { crc32 } = require('node:zlib')
const { parentPort, workerData } = require('node:worker_threads')
const fields = 5
let blocks, most
const onBlock = (start, end, reach, first, behind, last) => {
  if (!last && blocks.length < most) blocks.push(start, end, reach, first, behind)
}
const module = new WebAssembly.Module(Buffer.from(workerData, 'base64'))
const imports = { 'deflate-blocks': { block: onBlock } }
const { exports: deflate } = new WebAssembly.Instance(module, imports)
const room = new Uint8Array(deflate.memory.buffer, deflate.input(), deflate.capacity())
function gzipHeader(bytes) {
  const [id1, id2, method, flags, , , , , speed] = bytes
  const fastest = 4
  if (id1 !== 0x1f || id2 !== 0x8b || method !== 8 || (flags & 0xe2) !== 0 || speed === fastest) return undefined
  let length = 10
  if (flags & 4) length += 2 + bytes[length] + (bytes[length + 1] << 8)
  for (const field of [8, 16]) if (flags & field) length = bytes.indexOf(0, length) + 1 || Infinity
  return length < bytes.length ? length : undefined
}
// So that a file of tiny blocks does not fill the memory.
function mostBlocks(bytes) {
  return 1000 + Math.floor(bytes / 1024)
}
function scan(file, hash) {
  const read = (from) => {
    let filled = from
    for (let count = 1; count > 0 && filled < room.length; filled += count) count = readSync(file, room, filled, room.length - filled)
    hash?.update(room.subarray(from, filled))
    return filled
  }
  let filled = read(0)
  const header = gzipHeader(room.subarray(0, filled))
  if (header === undefined) return undefined
  let taken = header
  let position = header
  deflate.reset()
  for (;;) {
    room.copyWithin(0, taken, filled)
    filled = read(filled - taken)
    most = fields * mostBlocks(position + filled)
    taken = deflate.scan(filled, filled < room.length)
    if (taken < 0) return undefined
    position += taken
    if (deflate.ended()) return filled - taken === 8 ? header : undefined
  }
}
function findBlocks(file, sha256) {
  blocks = []
  const hash = sha256 === undefined ? undefined : createHash('sha256')
  const header = scan(file, hash)
  if (header === undefined || blocks.length === most || hash?.digest('hex') !== sha256) return undefined
  for (let i = 0; i < blocks.length; i += fields) for (const bit of [3, 4]) blocks[i + bit] += header * 8
  return { size: deflate.size(), blocks: Float64Array.from(blocks) }
}
function checksum(file, offset, size) {
  let sum = 0
  for (let done = 0; done < size; ) {
    const count = readSync(file, room, 0, Math.min(size - done, room.length), offset + done)
    if (count === 0) return undefined
    sum = crc32(room.subarray(0, count), sum)
    done += count
  }
  return sum
}
function checksums(file, ranges) {
  const sums = []
  for (let i = 0; i < ranges.length; i += 2) sums.push(checksum(file, ranges[i], ranges[i + 1]))
  return sums.includes(undefined) ? undefined : sums
}
function answer({ path, sha256, ranges }) {
  let file
  try {
    file = openSync(path, 'r')
    return ranges === undefined ? findBlocks(file, sha256) : checksums(file, ranges)
  } catch (error) {
    if (error.syscall === undefined) throw error
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
parentPort.on('message', (question) => parentPort.postMessage(answer(question)))`

/** A thread that looks for the deflate blocks of files. */
export class BlocksThread {
  readonly #thread = new AnsweringThread<BlocksQuestion | ChecksumsQuestion, unknown>(
    'looks for compressed blocks',
    THREAD,
    DEFLATE_BLOCKS,
  )

  /** Questions under way. */
  get load(): number {
    return this.#thread.load
  }

  /**
   * The blocks of a gzip file. Undefined for what cannot be read, has another digest, is not one whole member, was compressed
   * in a hurry, or has too many blocks.
   */
  async blocks(question: BlocksQuestion): Promise<DeflateBlocks | undefined> {
    return (await this.#thread.ask(question)) as DeflateBlocks | undefined
  }

  /** Checksums of ranges of a file, in order. Undefined for what cannot be read or ends too early. */
  async checksums(question: ChecksumsQuestion): Promise<readonly number[] | undefined> {
    return (await this.#thread.ask(question)) as readonly number[] | undefined
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}
