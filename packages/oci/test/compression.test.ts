import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as zlib from 'node:zlib'
import { tarHeader } from '@apkts/archive'
import { describe, expect, test } from 'vitest'
import {
  type Compression,
  compressorName,
  hasZstd,
  type LayerEntry,
  parseCompression,
  RUN_SIZE,
  tarSegments,
  writeLayer,
} from '../src/index.ts'

describe('the choice of compression', () => {
  test.each<[string, Compression]>([
    ['gzip', { kind: 'gzip', level: 4 }],
    ['gzip:1', { kind: 'gzip', level: 1 }],
    ['gzip:9', { kind: 'gzip', level: 9 }],
    ['none', { kind: 'none' }],
  ])('%s', (text, expected) => {
    expect(parseCompression(text)).toEqual(expected)
  })

  test.each(['', 'gzip:0', 'gzip:10', 'gzip:', 'gzip:x', 'GZIP', 'none:1', 'zstd:0', 'zstd:20', 'xz', 'gzip:100'])(
    'refuses %j',
    (text) => {
      expect(() => parseCompression(text)).toThrow(expect.objectContaining({ code: 'COMPRESSION' }))
    },
  )

  test.skipIf(hasZstd())('zstd is refused where Node has none', () => {
    expect(() => parseCompression('zstd')).toThrow(/cannot write zstd/)
  })

  test('every choice has a name of its own', () => {
    const choices: Compression[] = [
      { kind: 'gzip', level: 4 },
      { kind: 'gzip', level: 5 },
      { kind: 'zstd', level: 4 },
      { kind: 'none' },
    ]
    expect(new Set(choices.map(compressorName)).size).toBe(choices.length)
  })
})

describe('a layer in each compression', () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 3 * RUN_SIZE + 777 }, (_, i) => (i * i) >> 9))
  const entry: LayerEntry = {
    header: tarHeader({ path: 'f', type: 'file', size: bytes.length }),
    content: { kind: 'bytes', bytes },
  }
  const tar = Buffer.concat([...tarSegments([entry])])
  // Node reads one frame and stops; the tool reads them all, as container runtimes do.
  const unzstd = (blob: Buffer): Buffer => execFileSync('zstd', ['-dc'], { input: blob, maxBuffer: 1 << 26 })

  test.each<[string, string, (blob: Buffer) => Buffer]>([
    ['gzip:1', '+gzip', zlib.gunzipSync],
    ['gzip:9', '+gzip', zlib.gunzipSync],
    ['none', '', (blob) => blob],
    ...(hasZstd() ? [['zstd', '+zstd', unzstd] as [string, string, (blob: Buffer) => Buffer]] : []),
  ])('%s', async (text, suffix, inflate) => {
    const chunks: Uint8Array[] = []
    const compression = parseCompression(text)
    const layer = await writeLayer([entry], (chunk) => void chunks.push(chunk), { compression })
    const blob = Buffer.concat(chunks)
    expect(inflate(blob).equals(tar)).toBe(true)
    expect(layer).toMatchObject({
      mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}`,
      size: blob.length,
      digest: `sha256:${createHash('sha256').update(blob).digest('hex')}`,
      diffId: `sha256:${createHash('sha256').update(tar).digest('hex')}`,
    })
  })
})
