import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parseTar, tarHeader, writeTar } from '@apkts/archive'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LayerEntry, RUN_SIZE, tarSegments, writeLayer, writeLayerFile } from '../src/index.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layer-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

function inMemory(path: string, bytes: Uint8Array): LayerEntry {
  return { header: tarHeader({ path, type: 'file', size: bytes.length }), content: { kind: 'bytes', bytes } }
}

async function layerBytes(entries: Iterable<LayerEntry>, options = {}) {
  const chunks: Uint8Array[] = []
  const layer = await writeLayer(entries, (chunk) => void chunks.push(chunk), options)
  return { layer, blob: Buffer.concat(chunks) }
}

const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const large = Buffer.from(Uint8Array.from({ length: 3 * RUN_SIZE + 777 }, (_, i) => (i * i) >> 7))

describe('a layer', () => {
  test('is told of when the sink has all of it', async () => {
    const seen: object[] = []
    let written = 0
    const onStitched = (descriptor: object) => void seen.push({ ...descriptor, written })
    const sink = (chunk: Uint8Array): void => {
      written += chunk.length
    }
    const { mediaType, size, digest } = await writeLayer([inMemory('a', large)], sink, { onStitched })
    expect(seen).toEqual([{ mediaType, size, digest, written: size }])
  })

  test('is one gzip member around the tar, described by what is returned', async () => {
    const entries = [inMemory('a', large), inMemory('b', Buffer.from('x'))]
    const { layer, blob } = await layerBytes(entries)
    const tar = gunzipSync(blob)
    expect(
      tar.equals(writeTar(entries.map(({ header }, i) => ({ header, content: [large, Buffer.from('x')][i]! })))),
    ).toBe(true)
    expect(layer).toEqual({
      segments: [],
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: sha256(blob),
      size: blob.length,
      diffId: sha256(tar),
      uncompressedSize: tar.length,
    })
    expect([...blob.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
  })

  test('is the same for any number of segments compressed side by side', async () => {
    const blobs = await Promise.all(
      [1, 2, 7].map(async (parallelism) => (await layerBytes([inMemory('a', large)], { parallelism })).blob),
    )
    expect(blobs[1]!.equals(blobs[0]!) && blobs[2]!.equals(blobs[0]!)).toBe(true)
  })

  test('takes contents from ranges of files, more of them than are kept open', async () => {
    const entries: LayerEntry[] = []
    for (let i = 0; i < 150; i++) {
      const path = join(directory, `source-${i}`)
      await writeFile(path, `-${i}-${'x'.repeat(i)}`)
      entries.push({
        header: tarHeader({ path: `f${i}`, type: 'file', size: i + 1 }),
        content: { kind: 'file', path, offset: 1 + String(i).length, size: i + 1 },
      })
    }
    const { blob } = await layerBytes([...entries, entries[0]!])
    const members = parseTar(gunzipSync(blob))
    expect(members).toHaveLength(151)
    for (const [i, { content }] of members.slice(0, 150).entries()) {
      expect(Buffer.from(content).toString()).toBe(`-${'x'.repeat(i)}`)
    }
  })

  test('a file that shrank and a header that lies are errors', async () => {
    const path = join(directory, 'short')
    await writeFile(path, 'x')
    const header = tarHeader({ path: 'f', type: 'file', size: 5 })
    const shrunk = writeLayer([{ header, content: { kind: 'file', path, offset: 0, size: 5 } }], () => {})
    await expect(shrunk).rejects.toMatchObject({ code: 'CONTENT_TRUNCATED' })
    const lying = writeLayer([{ header, content: { kind: 'bytes', bytes: new Uint8Array(4) } }], () => {})
    await expect(lying).rejects.toMatchObject({ code: 'CONTENT_SIZE' })
  })

  test('hashed in a thread, because it is large, it is the same as its tar', async () => {
    const path = join(directory, 'large')
    await writeFile(path, 'start')
    await truncate(path, 70 << 20)
    const header = tarHeader({ path: 'f', type: 'file', size: 70 << 20 })
    const entry: LayerEntry = { header, content: { kind: 'file', path, offset: 0, size: 70 << 20 } }
    const hash = createHash('sha256')
    for (const segment of tarSegments([entry])) hash.update(segment)
    const { layer } = await layerBytes([entry])
    expect(layer.diffId).toBe(`sha256:${hash.digest('hex')}`)
    await expect(layerBytes([entry], { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('errors of the sink reach the caller', async () => {
    const failing = writeLayer([inMemory('a', large)], () => Promise.reject(new Error('disk full')))
    await expect(failing).rejects.toThrow('disk full')
  })

  test('an abort stops it', async () => {
    await expect(layerBytes([inMemory('a', large)], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })

  test('written to a file it can be read from there', async () => {
    const path = join(directory, 'layer.tar.gz')
    const { content, ...layer } = await writeLayerFile([inMemory('a', large)], path)
    const blob = await readFile(path)
    expect(content).toEqual({ kind: 'file', path, offset: 0, size: blob.length })
    expect(layer.digest).toBe(sha256(blob))
  })
})

describe('the tar stream', () => {
  const sizes = fc.array(fc.oneof(fc.nat({ max: 2000 }), fc.integer({ min: RUN_SIZE - 600, max: RUN_SIZE + 600 })), {
    maxLength: 4,
  })

  test('whatever the sizes, it comes in pieces of limited size and equals the plain tar', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async (wanted) => {
        const contents = wanted.map((size, i) => Buffer.alloc(size, i + 1))
        const entries = contents.map((bytes, i) => inMemory(`f${i}`, bytes))
        const segments = [...tarSegments(entries)]
        for (const segment of segments) expect(segment.length).toBeLessThanOrEqual(RUN_SIZE)
        const plain = writeTar(entries.map(({ header }, i) => ({ header, content: contents[i]! })))
        expect(Buffer.concat(segments).equals(plain)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})
