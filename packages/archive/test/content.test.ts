import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8 } from '@apkts/encoding'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ByteSource, type ContentRef, contentSize, readContent, readContentFully, scanContent } from '../src/index.ts'
import { chunked, collect } from './helpers.ts'

let folder = ''
let path = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'content-'))
  path = join(folder, 'data')
  await writeFile(path, Buffer.alloc(600_000, 'abcdefgh'))
})

afterAll(() => rm(folder, { recursive: true }))

test('a range of a file is read whole, in chunks', async () => {
  const ref: ContentRef = { kind: 'file', path, offset: 3, size: 599_990 }
  expect(contentSize(ref)).toBe(599_990)
  const bytes = await collect(readContent(ref))
  expect(bytes).toHaveLength(599_990)
  expect(bytes.subarray(0, 5).toString()).toBe('defgh')
})

test('bytes in memory are themselves', async () => {
  const ref: ContentRef = { kind: 'bytes', bytes: utf8('abc') }
  expect((await collect(readContent(ref))).toString()).toBe('abc')
  expect(await readContentFully(ref, 3)).toBe(ref.bytes)
})

test('an empty range opens nothing', async () => {
  const ref: ContentRef = { kind: 'file', path: join(folder, 'absent'), offset: 0, size: 0 }
  expect(await collect(readContent(ref))).toHaveLength(0)
})

test('a file shorter than the range is an error that names it', async () => {
  const read = collect(readContent({ kind: 'file', path, offset: 599_000, size: 5000 }))
  await expect(read).rejects.toMatchObject({ code: 'CONTENT_TRUNCATED', message: expect.stringContaining(path) })
})

describe('scanning', () => {
  const big = () => join(folder, 'big')
  const bytes = Buffer.alloc(3_500_000, 'the quick brown fox ')
  beforeAll(() => writeFile(big(), bytes))

  test.each([
    [0, 3_500_000],
    [7, 1 << 20],
    [7, (1 << 20) + 1],
    [100, 12],
    [5, 0],
  ])('from %d, %d bytes come in chunks that are valid until the next one', async (offset, size) => {
    const copies: Buffer[] = []
    for await (const chunk of scanContent({ kind: 'file', path: big(), offset, size })) copies.push(Buffer.from(chunk))
    expect(Buffer.concat(copies).equals(bytes.subarray(offset, offset + size))).toBe(true)
  })

  test('a file that ends early is an error that names it', async () => {
    const scan = collect(scanContent({ kind: 'file', path: big(), offset: 0, size: 3_500_001 }))
    await expect(scan).rejects.toMatchObject({ code: 'CONTENT_TRUNCATED', message: expect.stringContaining(big()) })
  })

  test('may be left at any time', async () => {
    for await (const chunk of scanContent({ kind: 'file', path: big(), offset: 0, size: 3_500_001 })) {
      expect(chunk.length).toBe(1 << 20)
      break
    }
  })
})

test('reading fully has a limit', async () => {
  const ref: ContentRef = { kind: 'file', path, offset: 0, size: 1000 }
  expect(await readContentFully(ref, 1000)).toHaveLength(1000)
  await expect(readContentFully(ref, 999)).rejects.toMatchObject({ code: 'SIZE_LIMIT' })
})

test('a byte source hands out exact lengths and takes bytes back', async () => {
  const source = new ByteSource(chunked(utf8('abcdefghij'), 3))
  expect(Buffer.from(await source.upTo(4)).toString()).toBe('abcd')
  source.unread(utf8('cd'))
  expect(source.position).toBe(2)
  expect(Buffer.from(await source.upTo(100)).toString()).toBe('cdefghij')
  expect(await source.some(1)).toBeUndefined()
})
