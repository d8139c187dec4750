import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { tarHeader } from '@apkts/archive'
import { digestOf, utf8, utf8Decode } from '@apkts/encoding'
import {
  type KeyedRuns,
  keyedRuns,
  type LayerBlob,
  type LayerEntry,
  type PlacedSegment,
  readBlob,
  type Segment,
  type SegmentSource,
} from '@apkts/oci'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { identifyContent } from '../src/build/content-identity.ts'
import { openLayerCache, type WriteLayer } from '../src/build/layer-cache.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layer-cache-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const keyOf = (text: string) => `key of ${text}`

/** Runs that are compressed to half their size, one for each text. */
function runsOf(...texts: string[]): KeyedRuns {
  const runs = texts.map((text) => ({ run: { size: 2 * text.length, slices: [] }, key: keyOf(text) }))
  const size = runs.reduce((sum, { run }) => sum + run.size, 0)
  return { key: '', size, held: true, [Symbol.iterator]: () => runs[Symbol.iterator]() }
}

/** Writes a segment for each text, taken from what is there where it is. */
const writer =
  (...texts: string[]): WriteLayer =>
  async (sink, source) => {
    const segments: PlacedSegment[] = []
    let offset = 0
    for (const text of texts) {
      await sink(utf8(text), source.find(keyOf(text))?.stored)
      const place = { offset, length: text.length, encodedChecksum: crc32(text) }
      segments.push({ key: keyOf(text), size: 2 * text.length, checksum: 5, ...place })
      offset += text.length
    }
    const whole = texts.join('')
    return { mediaType: 'm', digest: digestOf(whole), size: offset, diffId: digestOf(`tar ${whole}`), segments }
  }

async function textOf({ content }: Pick<LayerBlob, 'content'>): Promise<string> {
  let text = ''
  for await (const chunk of readBlob(content)) text += utf8Decode(chunk)
  return text
}

describe('the layer cache', () => {
  test('gives back what was added', async () => {
    const cache = openLayerCache(directory)
    const added = await cache.add('a', runsOf(), writer('blob'))
    expect(await cache.find('a')).toEqual(added)
    expect(await textOf(added)).toBe('blob')
    expect(await cache.find('b')).toBeUndefined()
  })

  test('hands over a blob before all is known of it', async () => {
    const cache = openLayerCache(directory, { patchFrom: 0 })
    const long = 'long'.repeat(30)
    for (const [key, first] of [
      ['1', 'x'],
      ['2', 'new'],
    ] as const) {
      const early: Promise<string>[] = []
      const texts = [first, long]
      const write: WriteLayer = async (sink, segments, onStitched) => {
        const record = await writer(...texts)(sink, segments)
        onStitched?.(record)
        await Promise.all(early)
        return record
      }
      await cache.add(key, runsOf(...texts), write, (blob) => void early.push(textOf(blob)))
      expect(await Promise.all(early)).toEqual([`${first}${long}`])
    }
  })

  test.each([
    ['a.tar.gz', 'blub'],
    ['a.tar.gz', 'longer than before'],
    ['a.json', '{}'],
  ])('does not trust a damaged %s', async (name, text) => {
    const cache = openLayerCache(directory)
    await cache.add('a', runsOf(), writer('blob'))
    await writeFile(join(directory, name), text)
    expect(await cache.find('a')).toBeUndefined()
  })

  test('takes a blob that somebody touched or copied for what it is', async () => {
    const cache = openLayerCache(directory)
    const added = await cache.add('a', runsOf(), writer('blob'))
    await rm(join(directory, 'a.tar.gz'))
    await writeFile(join(directory, 'a.tar.gz'), 'blob')
    expect(await cache.find('a')).toEqual(added)
  })

  test('keeps nothing of a layer that could not be written', async () => {
    const cache = openLayerCache(directory)
    const failing: WriteLayer = async (sink) => {
      await sink(utf8('half'))
      throw new Error('interrupted')
    }
    await expect(cache.add('a', runsOf(), failing)).rejects.toThrow('interrupted')
    expect(await readdir(directory)).toEqual([])
  })

  test('makes room by dropping what was used longest ago, never what was just added', async () => {
    const cache = openLayerCache(directory, { budget: 9 })
    for (const [age, key] of ['old', 'mid'].entries()) {
      await cache.add(key, runsOf(), writer('4444'))
      for (const kind of ['json', 'tar.gz']) await utimes(join(directory, `${key}.${kind}`), 1000 + age, 1000 + age)
    }
    await cache.add('new', runsOf(), writer('4444'))
    expect(await cache.find('old')).toBeUndefined()
    expect(await cache.find('mid')).toBeDefined()
    await cache.add('large', runsOf(), writer('0123456789'))
    expect(await cache.find('large')).toBeDefined()
  })
})

describe('segments of cached layers', () => {
  const segmentsAtHand = async (cache = openLayerCache(directory)): Promise<SegmentSource> => {
    const seen: SegmentSource[] = []
    await cache.add(`probe-${Math.random()}`, runsOf(), async (sink, segments) => {
      const found = ['a', 'b'].map(
        (text) => [`key of ${text}`, segments.find(`key of ${text}`)] as [string, Segment | undefined],
      )
      seen.push({ find: (key) => new Map(found).get(key), sizeOf: segments.sizeOf })
      return writer('probe')(sink, segments)
    })
    return seen[0]!
  }

  test('are at hand for the next layer', async () => {
    await openLayerCache(directory).add('1', runsOf(), writer('a'))
    const segments = await segmentsAtHand()
    expect(segments.find('key of a')).toMatchObject({
      encoded: Buffer.from('a'),
      size: 2,
      checksum: 5,
      encodedChecksum: crc32('a'),
    })
    expect(segments.sizeOf('key of a')).toBe(2)
    expect(segments.find('key of b')).toBeUndefined()
  })

  test.each([
    ['changed', () => writeFile(join(directory, '1.tar.gz'), 'x')],
    ['cut off', () => writeFile(join(directory, '1.tar.gz'), '')],
    ['gone', () => rm(join(directory, '1.tar.gz'))],
    ['without a record', () => rm(join(directory, '1.json'))],
  ])('of a layer that is %s are not', async (_, damage) => {
    await openLayerCache(directory).add('1', runsOf(), writer('a'))
    await damage()
    expect((await segmentsAtHand()).find('key of a')).toBeUndefined()
  })
})

describe('a layer like one that is there', () => {
  const long = 'long '.repeat(20)
  const addBoth = async (patchFrom: number): Promise<LayerBlob> => {
    const cache = openLayerCache(directory, { patchFrom })
    await cache.add('1', runsOf('x', long, 'y'), writer('x', long, 'y'))
    return cache.add('2', runsOf('new', long, 'y'), writer('new', long, 'y'))
  }

  test('is kept as what the other lacks', async () => {
    const added = await addBoth(100)
    expect(await textOf(added)).toBe(`new${long}y`)
    expect(await openLayerCache(directory).find('2')).toEqual(added)
    expect(await readFile(join(directory, '2.patch'), 'utf8')).toBe('new')
  })

  test('is a base for others only as long as that is worth it', async () => {
    await addBoth(100)
    const cache = openLayerCache(directory, { patchFrom: 100 })
    const third = await cache.add('3', runsOf('new', long, 'z'), writer('new', long, 'z'))
    expect(await textOf(third)).toBe(`new${long}z`)
    expect(await readFile(join(directory, '3.patch'), 'utf8')).toBe('newz')
    const other = 'other'.repeat(10)
    await cache.add('4', runsOf('new', long, other), writer('new', long, other))
    expect(await readFile(join(directory, '4.tar.gz'), 'utf8')).toBe(`new${long}${other}`)
  })

  test('is kept as a whole when it is small', async () => {
    await addBoth(1000)
    expect(await readFile(join(directory, '2.tar.gz'), 'utf8')).toBe(`new${long}y`)
  })

  test.each<[string, (base: string, patch: string) => Promise<void>, boolean]>([
    ['written again', async (base) => writeFile(base, await readFile(base)), true],
    ['changed', async (base) => writeFile(base, (await readFile(base, 'utf8')).replace('long', 'gone')), false],
    ['gone', (base) => rm(base), false],
    ['there, but its own file is not', (_, patch) => writeFile(patch, 'old'), false],
  ])('of a base that is %s', async (_, change, found) => {
    const added = await addBoth(100)
    await change(join(directory, '1.tar.gz'), join(directory, '2.patch'))
    expect(await openLayerCache(directory).find('2')).toEqual(found ? added : undefined)
  })
})

describe('the key of a layer', () => {
  const keyOf = (entries: readonly LayerEntry[], compressor: string) =>
    keyedRuns(entries, identifyContent, compressor)?.key
  const name = `${'a'.repeat(64)}.dat.tar`
  const entry = (path: string, { header, content }: LayerEntry): LayerEntry => ({
    header: { ...header, path },
    content,
  })
  const bytes = {
    header: tarHeader({ path: 'a', type: 'file', size: 1 }),
    content: { kind: 'bytes', bytes: utf8('x') },
  } as const
  const file = {
    header: tarHeader({ path: 'a', type: 'file', size: 4 }),
    content: { kind: 'file', path: `/cache/${name}`, offset: 512, size: 4 },
  } as const

  test('is the same for the same content wherever the cache is', () => {
    const moved = { ...file, content: { ...file.content, path: `/elsewhere/${name}` } }
    expect(keyOf([file], 'z')).toBe(keyOf([moved], 'z'))
  })

  test.each([
    ['another path', [entry('b', file)], 'z'],
    ['another place in the package', [{ ...file, content: { ...file.content, offset: 1024 } }], 'z'],
    ['other bytes', [bytes], 'z'],
    ['another compressor', [file], 'y'],
    ['one more entry', [file, bytes], 'z'],
  ])('differs with %s', (_, entries, compressor) => {
    expect(keyOf(entries, compressor)).not.toBe(keyOf([file], 'z'))
  })

  test('is unknown for a file whose name does not tell its content', () => {
    expect(keyOf([{ ...file, content: { ...file.content, path: '/tmp/x' } }], 'z')).toBeUndefined()
  })
})
