import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, gunzipSync, inflateRawSync } from 'node:zlib'
import { tarHeader } from '@apkts/archive'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type LayerEntry,
  layerRuns,
  type PieceSource,
  RUN_SIZE,
  runKey,
  takesPieces,
  writeLayer,
} from '../src/index.ts'
import { adoptBlocks } from '../src/layer/adopt.ts'
import type { Piece } from '../src/layer/pieces.ts'

/** Bits of a block with the fixed code (RFC 1951, 3.2.6), with literals alone. */
function blockOf(content: Uint8Array): string {
  const literal = (byte: number) =>
    byte < 144 ? (0x30 + byte).toString(2).padStart(8, '0') : (0x190 + byte - 144).toString(2).padStart(9, '0')
  return ['0', '10', ...Array.from(content, literal), '0000000'].join('')
}

function pack(bits: string): Uint8Array {
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1')
  return Uint8Array.from(padded.match(/.{8}/g) ?? [], (byte) => Number.parseInt([...byte].reverse().join(''), 2))
}

/** The blocks as they may stand in a stream: some bits behind a boundary, and with other bits around them. */
function cut(contents: readonly Uint8Array[], firstBit: number) {
  const bits = contents.map(blockOf).join('')
  return { bytes: pack('1'.repeat(firstBit) + bits), firstBit, endBit: firstBit + bits.length }
}

const FINAL = Uint8Array.of(3, 0)

describe('blocks cut out of a stream', () => {
  test.each(Array.from({ length: 64 }, (_, i) => [i % 8, i >> 3]))(
    'from bit %i on, with %i bytes more',
    (firstBit, more) => {
      const content = Uint8Array.from({ length: 1 + more }, (_, i) => (i % 2 === 0 ? 7 : 200)) // of 8 and of 9 bits
      const { bytes, ...place } = cut([content], firstBit)
      const segment = adoptBlocks(bytes, place)
      const twice = inflateRawSync(Buffer.concat([segment, segment, FINAL]))
      expect([...twice]).toEqual([...content, ...content])
    },
  )

  test('stand for their bytes wherever they are put', () => {
    const piece = fc.record({
      contents: fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 3 }),
      firstBit: fc.nat(7),
    })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const segments = pieces.map(({ contents, firstBit }) => {
          const { bytes, ...place } = cut(contents, firstBit)
          return adoptBlocks(bytes, place)
        })
        const expected = Buffer.concat(pieces.flatMap(({ contents }) => contents))
        expect(inflateRawSync(Buffer.concat([...segments, FINAL])).equals(expected)).toBe(true)
      }),
    )
  })
})

describe('pieces of packages', () => {
  const large = Buffer.from(Array.from({ length: 300_000 }, (_, i) => ((i * i) >> 9) % 250))
  const wanted = [
    { start: 1000, size: 70_000, firstBit: 3 },
    { start: 71_000, size: 50_000, firstBit: 0 },
    { start: 200_000, size: 100_000, firstBit: 6 },
  ]
  let directory: string
  let entries: LayerEntry[]
  let pieces: Piece[]

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'pieces-'))
    const path = join(directory, 'data.tar')
    writeFileSync(path, Buffer.concat([Buffer.alloc(512, 'head'), large]))
    entries = [
      {
        header: tarHeader({ path: 'a', type: 'file', size: 3 }),
        content: { kind: 'bytes', bytes: Buffer.from('abc') },
      },
      {
        header: tarHeader({ path: 'b', type: 'file', size: large.length }),
        content: { kind: 'file', path, offset: 512, size: large.length },
      },
      { header: tarHeader({ path: 'c', type: 'directory' }), content: { kind: 'bytes', bytes: new Uint8Array(0) } },
    ]
    pieces = wanted.map(({ start, size, firstBit }, i) => {
      const { bytes, ...place } = cut([large.subarray(start, start + size)], firstBit)
      const compressed = join(directory, `${i}.gz`)
      writeFileSync(compressed, Buffer.concat([Buffer.alloc(i), bytes, Buffer.alloc(9)]))
      return {
        offset: 512 + start,
        size,
        checksum: crc32(large.subarray(start, start + size)),
        compressed: { kind: 'file', path: compressed, offset: i, size: bytes.length },
        ...place,
      }
    })
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const source: PieceSource = {
    within: ({ offset, size }) => pieces.filter((piece) => piece.offset >= offset && piece.offset < offset + size),
  }

  async function write(from?: PieceSource, compression?: { readonly kind: 'gzip'; readonly level: number }) {
    const chunks: Uint8Array[] = []
    const layer = await writeLayer(entries, (chunk) => void chunks.push(chunk), { pieces: from, compression })
    return { layer, blob: Buffer.concat(chunks) }
  }

  test('stand for the same tar, as they are', async () => {
    const { layer, blob } = await write(source)
    const anew = await write()
    expect(layer.diffId).toBe(anew.layer.diffId)
    expect(gunzipSync(blob).equals(gunzipSync(anew.blob))).toBe(true)
    const block = pack(blockOf(large.subarray(71_000, 121_000)))
    expect(blob.includes(Buffer.from(block.subarray(0, -1)))).toBe(true)
  })

  test('are runs of their own', () => {
    const runs = [...layerRuns(entries, source)]
    expect(runs.flatMap(({ piece }) => piece ?? [])).toEqual(pieces)
    for (const { piece, size, slices } of runs)
      if (piece !== undefined) expect([slices.length, size]).toEqual([1, piece.size])
    const total = (list: typeof runs) => list.reduce((sum, { size }) => sum + size, 0)
    expect(total(runs)).toBe(total([...layerRuns(entries)]))
  })

  test('are not taken where they would not fit into a run', () => {
    const tooLarge: PieceSource = { within: () => pieces.map((piece) => ({ ...piece, size: RUN_SIZE + 1 })) }
    expect([...layerRuns(entries, tooLarge)]).toEqual([...layerRuns(entries)])
  })

  test('make a key of their own', () => {
    const [run] = [...layerRuns(entries, source)].filter(({ piece }) => piece !== undefined)
    const { piece, ...plain } = run!
    const keys = [run!, plain, { ...run!, piece: { ...piece!, firstBit: 4 } }].map((one) => runKey(one, () => 'x', 'c'))
    expect(new Set(keys).size).toBe(3)
  })

  test('are for the usual level only', async () => {
    const best = { kind: 'gzip', level: 9 } as const
    expect([takesPieces(), takesPieces(best), takesPieces({ kind: 'none' })]).toEqual([true, false, false])
    const { blob } = await write(source, best)
    expect(blob.equals((await write(undefined, best)).blob)).toBe(true)
  })
})
