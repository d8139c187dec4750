import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, crc32, deflateRawSync, gunzipSync, gzipSync, type ZlibOptions } from 'node:zlib'
import { gzipHeader, gzipTrailer, melangeBlockGzipSync } from '@apkts/archive'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { piecesOf, WORTHWHILE } from '../src/package/pieces/group.ts'
import { BlocksThread, type DeflateBlocks } from '../src/package/pieces/thread.ts'
import { type Block, slowBlocks } from './support/slow-inflate.ts'

let directory: string
let thread: BlocksThread

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pieces-'))
  thread = new BlocksThread()
})
afterAll(async () => {
  await thread.close()
  rmSync(directory, { recursive: true })
})

let count = 0
async function blocksOf(file: Uint8Array): Promise<DeflateBlocks | undefined> {
  const path = join(directory, `${count++}.gz`)
  writeFileSync(path, file)
  return thread.blocks({ path, sha256: createHash('sha256').update(file).digest('hex') })
}

function text(size: number, seed = 1): Buffer {
  let state = seed
  const next = () => (state = (state * 48271) % 0x7fffffff)
  const words = Array.from({ length: 99 }, () => `${next()} `.slice(0, 2 + (next() % 7)))
  const parts: string[] = []
  for (let length = 0; length < size; length += parts.at(-1)!.length) parts.push(words[next() % words.length]!)
  return Buffer.from(parts.join('')).subarray(0, size)
}

function random(size: number): Buffer {
  return Buffer.from(
    Array.from(
      { length: size },
      (_, i) =>
        createHash('md5')
          .update(`${i >> 4}`)
          .digest()[i & 15]!,
    ),
  )
}

/** Says nothing of how it was compressed. */
function gzipOf(data: Uint8Array, options: ZlibOptions): Buffer {
  return Buffer.concat([gzipHeader(), deflateRawSync(data, options), gzipTrailer(crc32(data), data.length)])
}

function rows({ blocks }: DeflateBlocks): number[][] {
  return Array.from({ length: blocks.length / 5 }, (_, i) => [...blocks.subarray(i * 5, i * 5 + 5)])
}

/** What is found in a gzip file with a header of ten bytes. */
function expected(file: Uint8Array): number[][] {
  const bits = 80
  const row = ({ start, end, reach, firstBit, endBit }: Block) => [start, end, reach, firstBit + bits, endBit + bits]
  return slowBlocks(file.subarray(10)).slice(0, -1).map(row)
}

describe('blocks of a gzip file', () => {
  const { Z_FIXED, Z_FILTERED, Z_DEFAULT_STRATEGY } = constants
  test.each<[string, () => Uint8Array]>([
    ['a text', () => gzipSync(text(400_000))],
    ['a text, as well as possible', () => gzipSync(text(400_000), { level: 9 })],
    ['a text, in small blocks', () => gzipSync(text(100_000), { memLevel: 1 })],
    ['a text, with the fixed code', () => gzipOf(text(50_000), { strategy: Z_FIXED, memLevel: 1 })],
    ['bytes that cannot be compressed', () => gzipSync(random(300_000))],
    ['nothing but zeros', () => gzipSync(Buffer.alloc(8_000_000))],
    ['short matches', () => gzipSync(text(200_000), { strategy: Z_FILTERED, level: 3 })],
    ['a large file', () => gzipSync(Buffer.concat([text(1_300_000), random(200_000), text(600_000, 7)]))],
    ['nothing', () => gzipSync(Buffer.alloc(0))],
  ])('of %s', async (_, make) => {
    const file = make()
    const found = await blocksOf(file)
    expect(found?.size).toBe(gunzipSync(file).length)
    expect(rows(found!)).toEqual(expected(file))
  })

  test('whatever it holds and however it is compressed', async () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.record({ size: fc.nat(30_000), seed: fc.integer({ min: 1, max: 9 }) }).map((t) => text(t.size, t.seed)),
      fc.nat(70_000).map((size) => Buffer.alloc(size, 'abc')),
    )
    const how = fc.record({
      level: fc.integer({ min: 2, max: 9 }),
      memLevel: fc.integer({ min: 1, max: 9 }),
      strategy: fc.constantFrom(Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 8 }), how, async (chunks, options) => {
        const data = Buffer.concat(chunks)
        const file = gzipOf(data, options)
        const found = await blocksOf(file)
        expect(found?.size).toBe(data.length)
        expect(rows(found!)).toEqual(expected(file))
      }),
      { numRuns: 25 },
    )
  })

  test('whose bytes are anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await blocksOf(Buffer.concat([gzipHeader(), bytes])) // finds something or nothing, and stays alive
      }),
    )
    expect(await blocksOf(gzipSync('sound'))).toMatchObject({ size: 5 })
  })

  const sound = () => gzipSync(text(300_000))
  const changed = (at: number, byte: number) => Object.assign(sound(), { [at]: byte })
  test.each<[string, () => Uint8Array]>([
    ['is empty', () => new Uint8Array(0)],
    ['is no gzip file', () => text(5000)],
    ['is cut off in its header', () => sound().subarray(0, 8)],
    ['is cut off', () => sound().subarray(0, -9)],
    ['ends without its trailer', () => sound().subarray(0, -8)],
    ['goes on', () => Buffer.concat([sound(), Buffer.alloc(1)])],
    ['has two members', () => Buffer.concat([sound(), sound()])],
    ['was compressed in a hurry', () => gzipSync(text(300_000), { level: 1 })],
    ['has a checksum of its header', () => changed(3, 2)],
    ['is compressed otherwise', () => changed(2, 9)],
    ['has a block of no kind', () => changed(10, 0xff)],
    ['has a block after a few bytes each', () => tinyBlocks()],
  ])('is left alone when it %s', async (_, make) => {
    expect(await blocksOf(make())).toBeUndefined()
  })

  test('is left alone when it is another or cannot be read', async () => {
    const path = join(directory, 'other.gz')
    writeFileSync(path, sound())
    expect(await thread.blocks({ path, sha256: '0'.repeat(64) })).toBeUndefined()
    expect(await thread.blocks({ path: join(directory, 'absent'), sha256: '0'.repeat(64) })).toBeUndefined()
    expect(await thread.blocks({ path: directory, sha256: '0'.repeat(64) })).toBeUndefined()
  })

  test('and the checksums of ranges of it', async () => {
    const path = join(directory, 'ranges')
    const data = text(3_000_000)
    writeFileSync(path, data)
    const sums = await thread.checksums({ path, ranges: Float64Array.of(5, 7, 100, 2_500_000, 0, 0) })
    expect(sums).toEqual([crc32(data.subarray(5, 12)), crc32(data.subarray(100, 2_500_100)), 0])
    expect(await thread.checksums({ path, ranges: Float64Array.of(2_999_999, 2) })).toBeUndefined()
    expect(await thread.checksums({ path: `${path}-absent`, ranges: Float64Array.of(0, 1) })).toBeUndefined()
  })

  test('may have a name and a comment', async () => {
    const header = Buffer.concat([Uint8Array.of(0x1f, 0x8b, 8, 24, 0, 0, 0, 0, 0, 3), Buffer.from('name\0comment\0')])
    const body = sound().subarray(10)
    const { blocks } = (await blocksOf(Buffer.concat([header, body])))!
    expect(blocks[3]).toBe(header.length * 8)
  })
})

/** Empty blocks with the fixed code, four of which fill five bytes. */
function tinyBlocks(): Uint8Array {
  let bits = ''
  for (let i = 0; i < 4; i++) bits += '0100000000'
  const five = Uint8Array.from({ length: 5 }, (_, i) =>
    Number.parseInt([...bits.slice(i * 8, i * 8 + 8)].reverse().join(''), 2),
  )
  return Buffer.concat([gzipHeader(), ...Array(500_000).fill(five), Uint8Array.of(3, 0), gzipTrailer(0, 0)])
}

describe('pieces', () => {
  /** Blocks that end there and refer no further than to their start, or as far back as is said. */
  function blocks(ends: readonly number[], reach: Record<number, number> = {}): DeflateBlocks {
    const found = ends.flatMap((end, i) => [
      ends[i - 1] ?? 0,
      end,
      reach[i] ?? ends[i - 1] ?? 0,
      i * 100,
      i * 100 + 100,
    ])
    return { size: ends.at(-1)!, blocks: Float64Array.from(found) }
  }
  const K = 1000
  const W = WORTHWHILE
  const M = 1 << 20

  test.each<[string, DeflateBlocks, [offset: number, size: number][], number[][]]>([
    ['a block in a file', blocks([K, K + W, 3 * W]), [[K, 2 * W]], [[K, W, 100, 200]]],
    ['blocks that begin before the file', blocks([K, W, 3 * W]), [[K + 1, 9 * W]], [[W, 2 * W, 200, 300]]],
    ['a block that ends behind it', blocks([W, 2 * W, 3 * W]), [[0, 2 * W + 5]], [[0, 2 * W, 0, 200]]],
    ['too little', blocks([K, 2 * K, 3 * W]), [[0, 2 * W]], []],
    [
      'blocks that refer to another file',
      blocks([W, 2 * W, 4 * W], { 1: W - 1 }),
      [[W, 3 * W]],
      [[2 * W, 2 * W, 200, 300]],
    ],
    ['blocks that refer to the file', blocks([W, 2 * W, 3 * W], { 2: W + 1 }), [[W, 2 * W]], [[W, 2 * W, 100, 300]]],
    [
      'more than fits into one',
      blocks([M - 1, M, M + W]),
      [[0, 2 * M]],
      [
        [0, M, 0, 200],
        [M, W, 200, 300],
      ],
    ],
    [
      'a block that is too large',
      blocks([W, W + M + 1, 2 * W + M + 1]),
      [[0, 9 * M]],
      [
        [0, W, 0, 100],
        [W + M + 1, W, 200, 300],
      ],
    ],
    [
      'two files',
      blocks([W, 2 * W, 3 * W]),
      [
        [0, W],
        [W + 1, 2 * W],
      ],
      [
        [0, W, 0, 100],
        [2 * W, W, 200, 300],
      ],
    ],
  ])('of %s', (_, found, files, pieces) => {
    const places = files.map(([offset, size]) => ({ offset, size }))
    const rows = piecesOf(found, places).map(({ offset, size, firstBit, endBit }) => [offset, size, firstBit, endBit])
    expect(rows).toEqual(pieces)
  })

  test('of what melange compressed', async () => {
    const data = text(3_000_000)
    const found = await blocksOf(melangeBlockGzipSync(data))
    const pieces = piecesOf(found!, [{ offset: 0, size: data.length }])
    expect(pieces.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThan(data.length * 0.9)
  })
})
