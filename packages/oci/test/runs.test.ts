import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tarHeader } from '@apkts/archive'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Identify,
  keyedRuns,
  type LayerEntry,
  layerRuns,
  openTarHasher,
  type PlacedSegment,
  RUN_SIZE,
  runKey,
  type SegmentSource,
  writeLayer,
} from '../src/index.ts'

const identify: Identify = ({ path }) => path
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runs-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** Entries with contents that nobody reads. */
function entries(sizes: readonly number[], prefix = 'f'): LayerEntry[] {
  return sizes.map((size, i) => ({
    header: tarHeader({ path: `${prefix}${i}`, type: 'file', size }),
    content: { kind: 'file', path: `${prefix}${i}`, offset: 0, size },
  }))
}

const keysOf = (list: readonly LayerEntry[]) => [...layerRuns(list)].map((run) => runKey(run, identify, 'z')!)

describe('cutting into runs', () => {
  const sizes = fc.array(fc.oneof({ weight: 8, arbitrary: fc.nat({ max: 60_000 }) }, fc.nat({ max: 3_000_000 })), {
    maxLength: 150,
  })

  test('runs are of limited size and cover the tar', () => {
    fc.assert(
      fc.property(sizes, (wanted) => {
        const runs = [...layerRuns(entries(wanted))]
        for (const { size } of runs) expect(size > 0 && size <= RUN_SIZE).toBe(true)
        const tar = wanted.reduce((sum, size) => sum + 512 + Math.ceil(size / 512) * 512, 1024)
        expect(runs.reduce((sum, { size }) => sum + size, 0)).toBe(tar)
      }),
    )
  })

  test.each([
    ['added', (list: LayerEntry[]) => list.toSpliced(1000, 0, ...entries([3000], 'new'))],
    ['removed', (list: LayerEntry[]) => list.toSpliced(1000, 1)],
    ['larger', (list: LayerEntry[]) => list.toSpliced(1000, 1, ...entries([90_000], 'f1000-'))],
    ['larger than a run', (list: LayerEntry[]) => list.toSpliced(1000, 0, ...entries([5_000_000], 'big'))],
  ])('an entry that is %s disturbs the runs around it only', (_, change) => {
    const before = entries(Array.from({ length: 4000 }, (_, i) => ((i * 7919) % 97) * 400))
    const known = new Set(keysOf(before))
    const after = keysOf(change(before))
    expect(known.size).toBeGreaterThan(80)
    expect(after.filter((key) => !known.has(key)).length).toBeLessThan(12)
  })

  test('a large file keeps its runs when what comes before it changes', () => {
    const big = entries([20_000_000], 'big')
    const known = new Set(keysOf([...entries([10, 20]), ...big]))
    const after = keysOf([...entries([10, 20, 30_000]), ...big])
    expect(after.filter((key) => !known.has(key))).toHaveLength(1)
  })

  test.each([
    ['few headers are held', 100, true],
    ['many are made anew', 60_000, false],
  ])('the runs of %s, the same each time', (_, count, held) => {
    const list = entries(Array.from({ length: count }, (_, i) => i % 900))
    const keyed = keyedRuns(list, identify, 'z')!
    expect(keyed.held).toBe(held)
    for (let time = 0; time < 2; time++) expect([...keyed].map(({ key }) => key)).toEqual(keysOf(list))
  })

  test('a content nobody can name leaves its run and layer without a key', () => {
    const runs = [...layerRuns(entries([5]))]
    expect(runKey(runs[0]!, () => undefined, 'z')).toBeUndefined()
    expect(keyedRuns(entries([5]), () => undefined, 'z')).toBeUndefined()
  })
})

describe('segments used again', () => {
  async function write(list: readonly LayerEntry[], segments: SegmentSource) {
    const chunks: Uint8Array[] = []
    const hasher = openTarHasher()
    try {
      const reuse = { segments, hasher, runs: keyedRuns(list, identify, 'z')! }
      const layer = await writeLayer(list, (chunk) => void chunks.push(chunk), { reuse })
      return { layer, blob: Buffer.concat(chunks) }
    } finally {
      await hasher.close()
    }
  }
  const none: SegmentSource = { find: () => undefined, sizeOf: () => undefined }

  async function realEntries(count: number): Promise<LayerEntry[]> {
    return Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const path = join(directory, `content-${i}`)
        const bytes = Buffer.alloc(40_000 + i * 100, `${i} and so on `)
        await writeFile(path, bytes)
        const header = tarHeader({ path: `f${i}`, type: 'file', size: bytes.length })
        return { header, content: { kind: 'file', path, offset: 0, size: bytes.length } }
      }),
    )
  }

  function sourceOf(blob: Buffer, placed: readonly PlacedSegment[], used: string[]): SegmentSource {
    const byKey = new Map(placed.map((segment) => [segment.key, segment]))
    return {
      find(key) {
        const found = byKey.get(key)
        if (found === undefined) return undefined
        used.push(key)
        const { offset, length, size, checksum } = found
        return { encoded: blob.subarray(offset, offset + length), size, checksum }
      },
      sizeOf: (key) => byKey.get(key)?.size,
    }
  }

  test('give the same layer as segments made anew', async () => {
    const list = await realEntries(60)
    const before = await write(list.toSpliced(30, 3), none)
    const used: string[] = []
    const again = await write(list, sourceOf(before.blob, before.layer.segments, used))
    const anew = await write(list, none)
    expect(again.layer).toEqual(anew.layer)
    expect(again.blob.equals(anew.blob)).toBe(true)
    expect(used.length).toBeGreaterThan(0)
    expect(used.length).toBeLessThan(anew.layer.segments.length)
  })

  test('so many of them that a thread reads the contents, give the same layer', async () => {
    const path = join(directory, 'large')
    const bytes = Buffer.alloc(70 << 20, 'repeated ')
    await writeFile(path, bytes)
    const header = tarHeader({ path: 'large', type: 'file', size: bytes.length })
    const large: LayerEntry = { header, content: { kind: 'file', path, offset: 0, size: bytes.length } }
    const list = [large, ...(await realEntries(60))]
    const before = await write(list.toSpliced(30, 3), none)
    const used: string[] = []
    const again = await write(list, sourceOf(before.blob, before.layer.segments, used))
    const anew = await write(list, none)
    expect(again.layer).toEqual(anew.layer)
    expect(again.blob.equals(anew.blob)).toBe(true)
    expect(used.length).toBeGreaterThan(60)
    await truncate(path, 1 << 20)
    const shrunk = write(list, sourceOf(before.blob, before.layer.segments, used))
    await expect(shrunk).rejects.toMatchObject({ code: 'CONTENT_TRUNCATED', at: { file: path } })
  })

  test('one of another size is not the run it claims to be', async () => {
    const list = await realEntries(3)
    const wrong: SegmentSource = {
      find: () => ({ encoded: new Uint8Array(5), size: 1, checksum: 1 }),
      sizeOf: () => 1,
    }
    expect((await write(list, wrong)).layer).toEqual((await write(list, none)).layer)
  })
})
