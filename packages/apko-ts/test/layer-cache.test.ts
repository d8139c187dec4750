import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tarHeader } from '@apkts/archive'
import { digestOf, utf8 } from '@apkts/encoding'
import type { LayerBlob } from '@apkts/oci'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLayerCache } from '../src/build/layer-cache.ts'
import { layerKey } from '../src/build/layer-key.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layer-cache-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const writer =
  (text: string) =>
  async (path: string): Promise<LayerBlob> => {
    await writeFile(path, text)
    const size = utf8(text).length
    const digest = digestOf(text)
    const content = { kind: 'file', path, offset: 0, size } as const
    return { mediaType: 'm', digest, size, diffId: digestOf(`tar ${text}`), content }
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

  test('keeps nothing of a layer that could not be written', async () => {
    const cache = openLayerCache(directory)
    const failing = async (path: string): Promise<LayerBlob> => {
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
      await utimes(join(directory, `${key}.tar.gz`), 1000 + age, 1000 + age)
    }
    await cache.add('new', writer('4444'))
    expect(await cache.find('old')).toBeUndefined()
    expect(await cache.find('mid')).toBeDefined()
    await cache.add('large', writer('0123456789'))
    expect(await cache.find('large')).toBeDefined()
  })
})

describe('the key of a layer', () => {
  const name = `${'a'.repeat(64)}.dat.tar`
  const entry = (path: string, content: Parameters<typeof layerKey>[0] extends Iterable<infer E> ? E : never) => ({
    ...content,
    header: { ...content.header, path },
  })
  const bytes = {
    header: tarHeader({ path: 'a', type: 'file' }),
    content: { kind: 'bytes', bytes: utf8('x') },
  } as const
  const file = {
    header: tarHeader({ path: 'a', type: 'file' }),
    content: { kind: 'file', path: `/cache/${name}`, offset: 512, size: 4 },
  } as const

  test('is the same for the same content wherever the cache is', () => {
    const moved = { ...file, content: { ...file.content, path: `/elsewhere/${name}` } }
    expect(layerKey([file], 'z')).toBe(layerKey([moved], 'z'))
  })

  test.each([
    ['another path', [entry('b', file)], 'z'],
    ['another place in the package', [{ ...file, content: { ...file.content, offset: 1024 } }], 'z'],
    ['other bytes', [bytes], 'z'],
    ['another compressor', [file], 'y'],
    ['one more entry', [file, bytes], 'z'],
  ])('differs with %s', (_, entries, compressor) => {
    expect(layerKey(entries, compressor)).not.toBe(layerKey([file], 'z'))
  })

  test('is unknown for a file whose name does not tell its content', () => {
    expect(layerKey([{ ...file, content: { ...file.content, path: '/tmp/x' } }], 'z')).toBeUndefined()
  })
})
