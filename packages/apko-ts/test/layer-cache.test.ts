import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { tarHeader } from '@apkts/archive'
import { digestOf, utf8 } from '@apkts/encoding'
import { keyedRuns, type LayerEntry, type Segment, type SegmentSource } from '@apkts/oci'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { identifyContent } from '../src/build/content-identity.ts'
import { openLayerCache } from '../src/build/layer-cache.ts'
import type { LayerRecord } from '../src/build/layer-record.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layer-cache-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const writer =
  (text: string) =>
  async (path: string): Promise<LayerRecord> => {
    await writeFile(path, text)
    const size = utf8(text).length
    const whole = { key: `key of ${text}`, size: 2 * size, checksum: 5, offset: 0, length: size }
    const segments = [{ ...whole, encodedChecksum: crc32(text) }]
    return { mediaType: 'm', digest: digestOf(text), size, diffId: digestOf(`tar ${text}`), segments }
  }

describe('the layer cache', () => {
  test('gives back what was added', async () => {
    const cache = openLayerCache(directory)
    const added = await cache.add('a', writer('blob'))
    expect(await cache.find('a')).toEqual(added)
    expect(await readFile(added.content.kind === 'file' ? added.content.path : '', 'utf8')).toBe('blob')
    expect(await cache.find('b')).toBeUndefined()
  })

  test.each([
    ['a.tar.gz', 'blub'],
    ['a.tar.gz', 'longer than before'],
    ['a.json', '{}'],
  ])('does not trust a damaged %s', async (name, text) => {
    const cache = openLayerCache(directory)
    await cache.add('a', writer('blob'))
    await writeFile(join(directory, name), text)
    expect(await cache.find('a')).toBeUndefined()
  })

  test('takes a blob that somebody touched or copied for what it is', async () => {
    const cache = openLayerCache(directory)
    const added = await cache.add('a', writer('blob'))
    await rm(join(directory, 'a.tar.gz'))
    await writeFile(join(directory, 'a.tar.gz'), 'blob')
    expect(await cache.find('a')).toEqual(added)
  })

  test('keeps nothing of a layer that could not be written', async () => {
    const cache = openLayerCache(directory)
    const failing = async (path: string): Promise<LayerRecord> => {
      await writeFile(path, 'half')
      throw new Error('interrupted')
    }
    await expect(cache.add('a', failing)).rejects.toThrow('interrupted')
    expect(await readdir(directory)).toEqual([])
  })

  test('makes room by dropping what was used longest ago, never what was just added', async () => {
    const cache = openLayerCache(directory, 9)
    for (const [age, key] of ['old', 'mid'].entries()) {
      await cache.add(key, writer('4444'))
      for (const kind of ['json', 'tar.gz']) await utimes(join(directory, `${key}.${kind}`), 1000 + age, 1000 + age)
    }
    await cache.add('new', writer('4444'))
    expect(await cache.find('old')).toBeUndefined()
    expect(await cache.find('mid')).toBeDefined()
    await cache.add('large', writer('0123456789'))
    expect(await cache.find('large')).toBeDefined()
  })
})

describe('segments of cached layers', () => {
  const segmentsAtHand = async (cache = openLayerCache(directory)): Promise<SegmentSource> => {
    const seen: SegmentSource[] = []
    await cache.add(`probe-${Math.random()}`, async (path, segments) => {
      const found = ['a', 'b'].map(
        (text) => [`key of ${text}`, segments.find(`key of ${text}`)] as [string, Segment | undefined],
      )
      seen.push({ find: (key) => new Map(found).get(key), sizeOf: segments.sizeOf })
      return writer('probe')(path)
    })
    return seen[0]!
  }

  test('are at hand for the next layer', async () => {
    await openLayerCache(directory).add('1', writer('a'))
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
    await openLayerCache(directory).add('1', writer('a'))
    await damage()
    expect((await segmentsAtHand()).find('key of a')).toBeUndefined()
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
