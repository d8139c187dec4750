import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { FlushMarks, melangeBlockGzipSync, parseTar, tarHeader, writeTar } from '@apkts/archive'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type FileRange,
  HISTORY,
  type LayerEntry,
  layerRuns,
  PIECE_SIZE,
  type PieceSource,
  writeLayer,
} from '../src/index.ts'
import { pieceBounds, pieceOf } from '../src/layer/pieces.ts'

describe('whole pieces of a content', () => {
  const range = fc.record({ offset: fc.nat(5_000_000), size: fc.nat(5_000_000) })

  test('are those of its package that have their history in it', () => {
    fc.assert(
      fc.property(range, ({ offset, size }) => {
        const expected: number[] = []
        for (let at = 0; at < 10_000_000; at += PIECE_SIZE) {
          if (at >= offset + HISTORY && at + PIECE_SIZE <= offset + size) expected.push(at)
        }
        const { start = 0, end = 0 } = pieceBounds({ kind: 'file', path: 'p', offset, size }) ?? {}
        const found = Array.from({ length: (end - start) / PIECE_SIZE }, (_, i) => offset + start + i * PIECE_SIZE)
        expect(found).toEqual(expected)
      }),
    )
  })

  test('are runs of their own', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 5 }), (contents) => {
        const entries = contents.map(
          ({ offset, size }, i): LayerEntry => ({
            header: tarHeader({ path: `f${i}`, type: 'file', size }),
            content: { kind: 'file', path: `f${i}`, offset, size },
          }),
        )
        const pieces = [...layerRuns(entries)].map(pieceOf).filter((piece) => piece !== undefined)
        const expected = contents.flatMap(({ offset, size }, i) => {
          const { start, end } = pieceBounds({ kind: 'file', path: `f${i}`, offset, size }) ?? { start: 0, end: 0 }
          return Array.from(
            { length: (end - start) / PIECE_SIZE },
            (_, n) => `f${i} ${offset + start + n * PIECE_SIZE}`,
          )
        })
        expect(pieces.map(({ path, offset }) => `${path} ${offset}`)).toEqual(expect.arrayContaining(expected))
      }),
    )
  })
})

describe('pieces taken over from a package', () => {
  const text = (size: number, word: string) =>
    Buffer.from(Uint8Array.from({ length: size }, (_, i) => ((i * i) >> 9) ^ word.charCodeAt(i % word.length)))
  const files = { small: text(700, 'ab'), large: text(3_400_000, 'piece'), other: text(2_300_000, 'of a package') }
  let directory: string
  let entries: LayerEntry[]
  let packed: Uint8Array
  let marks: readonly number[]

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'pieces-'))
    const path = join(directory, 'data.tar')
    const data = writeTar(
      Object.entries(files).map(([name, content]) => ({
        header: tarHeader({ path: name, type: 'file', size: content.length }),
        content,
      })),
    )
    await writeFile(path, data)
    packed = melangeBlockGzipSync(data)
    const found = new FlushMarks()
    found.write(packed)
    marks = found.found
    entries = parseTar(data).map(({ header, offset }) => ({
      header: { ...header, mtime: 5 },
      content: { kind: 'file', path, offset, size: header.size },
    }))
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  const pieceAt = ({ offset }: FileRange) => packed.subarray(marks[offset / PIECE_SIZE - 1], marks[offset / PIECE_SIZE])

  async function write(pieces?: PieceSource, compression?: { readonly kind: 'gzip'; readonly level: number }) {
    const chunks: Uint8Array[] = []
    const layer = await writeLayer(entries, (chunk) => void chunks.push(chunk), { pieces, compression })
    return { layer, blob: Buffer.concat(chunks) }
  }

  test('stand for the same tar', async () => {
    const asked: FileRange[] = []
    const find = (piece: FileRange) => {
      asked.push(piece)
      return pieceAt(piece)
    }
    const { layer, blob } = await write({ find })
    const anew = await write()
    expect(layer.diffId).toBe(anew.layer.diffId)
    expect(gunzipSync(blob).equals(gunzipSync(anew.blob))).toBe(true)
    expect(asked.length).toBeGreaterThanOrEqual(3)
    for (const piece of asked) expect(blob.includes(Buffer.from(pieceAt(piece)))).toBe(true)
  })

  test('are for the usual level only', async () => {
    const best = { kind: 'gzip', level: 9 } as const
    const { blob } = await write({ find: pieceAt }, best)
    expect(blob.equals((await write(undefined, best)).blob)).toBe(true)
  })

  test.each<[string, (piece: FileRange) => Uint8Array | undefined]>([
    ['there is none', () => undefined],
    [
      'it is another',
      (piece) => pieceAt({ ...piece, offset: piece.offset === PIECE_SIZE ? 2 * PIECE_SIZE : PIECE_SIZE }),
    ],
    ['it is cut off', (piece) => pieceAt(piece).subarray(0, -3)],
    [
      'it begins too early',
      ({ offset }) => packed.subarray(marks[offset / PIECE_SIZE - 1]! - 1, marks[offset / PIECE_SIZE]),
    ],
    ['it goes on', ({ offset }) => packed.subarray(marks[offset / PIECE_SIZE - 1], marks[offset / PIECE_SIZE]! + 40)],
    ['it ends a stream', (piece) => Buffer.concat([pieceAt(piece), Buffer.from([3, 0])])],
    ['it is no deflate data', () => Buffer.alloc(1000, 0xff)],
    ['it is empty', () => new Uint8Array(0)],
  ])('where %s, the run is compressed', async (_, find) => {
    const { blob } = await write({ find })
    expect(blob.equals((await write()).blob)).toBe(true)
  })
})
