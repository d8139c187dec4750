import { randomBytes } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { concatBytes, hex, sha1Hex, utf8 } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ArchiveError,
  ByteSource,
  createGzipWriter,
  gunzipAll,
  gunzipStream,
  gunzipWhole,
  gzip,
  inflateMember,
  readGzipMember,
} from '../src/index.ts'
import { chunked, collect } from './helpers.ts'

const text = utf8('a text that repeats itself, a text that repeats itself\n'.repeat(50))

describe('writing', () => {
  test.each([
    { header: 'standard', bytes: '1f8b08000000000000ff' },
    { header: 'melange', bytes: '1f8b080000096e8800ff' },
  ] as const)('the $header header is constant', ({ header, bytes }) => {
    const packed = gzip(text, { header })
    expect(hex(packed.subarray(0, 10))).toBe(bytes)
    expect(gunzipSync(packed)).toEqual(Buffer.from(text))
  })

  test('the streaming writer gives one sound member whatever the chunks', async () => {
    const big = randomBytes(300_000)
    for (const size of [7001, 65536, 1 << 20]) {
      const parts: Uint8Array[] = []
      const writer = createGzipWriter((chunk) => void parts.push(chunk), { level: 6 })
      for await (const chunk of chunked(big, size)) await writer.write(chunk)
      await writer.end()
      expect(gunzipSync(concatBytes(parts))).toEqual(big)
    }
  })

  test('an empty stream is an empty member', async () => {
    const parts: Uint8Array[] = []
    const writer = createGzipWriter((chunk) => void parts.push(chunk))
    await writer.end()
    expect(gunzipSync(concatBytes(parts))).toHaveLength(0)
  })

  test('errors of the sink reach the caller', async () => {
    const writer = createGzipWriter((chunk) => {
      if (chunk.length > 10) throw new Error('disk full')
    })
    const write = async () => {
      for (let i = 0; i < 100; i++) await writer.write(randomBytes(100_000))
      await writer.end()
    }
    await expect(write()).rejects.toThrow('disk full')
  })
})

/** A gzip member with every optional field of RFC 1952. */
function withOptionalFields(bytes: Uint8Array): Uint8Array {
  const plain = gzip(bytes)
  const header = [0x1f, 0x8b, 8, 0x1f, 1, 2, 3, 4, 2, 3]
  const optional = [3, 0, 9, 9, 9, ...utf8('name'), 0, ...utf8('comment'), 0]
  const bare = Uint8Array.from([...header, ...optional])
  return concatBytes([bare, headerCrc(bare), plain.subarray(10)])
}

function headerCrc(header: Uint8Array): Uint8Array {
  const trailer = gzipSync(header).subarray(-8)
  return trailer.subarray(0, 2)
}

const readers = [
  { reader: 'inflateMember', read: async (bytes: Uint8Array, limit = -1) => inflateMember(bytes, 0, limit).data },
  {
    reader: 'readGzipMember',
    read: async (bytes: Uint8Array, limit = -1) =>
      (await readGzipMember(new ByteSource(chunked(bytes, 7)), limit)).data,
  },
  { reader: 'gunzipAll', read: async (bytes: Uint8Array, limit = -1) => gunzipAll(bytes, limit) },
  { reader: 'gunzipStream', read: (bytes: Uint8Array, limit = -1) => collect(gunzipStream(chunked(bytes, 7), limit)) },
  { reader: 'gunzipWhole', read: gunzipAtOnce },
]

async function gunzipAtOnce(bytes: Uint8Array, limit = -1): Promise<Uint8Array> {
  return gunzipWhole(bytes, limit)
}

describe.each(readers)('$reader', ({ read }) => {
  test('reads a member', async () => {
    expect(Buffer.from(await read(gzip(text)))).toEqual(Buffer.from(text))
    expect(await read(gzip(new Uint8Array(0)))).toHaveLength(0)
  })

  test('reads optional header fields', async () => {
    expect(Buffer.from(await read(withOptionalFields(text)))).toEqual(Buffer.from(text))
  })

  test('delivers exactly the limit and refuses one byte more', async () => {
    expect(await read(gzip(text), text.length)).toHaveLength(text.length)
    await expect(read(gzip(text), text.length - 1)).rejects.toMatchObject({ code: 'SIZE_LIMIT' })
  })

  test('a bomb is refused at the limit', async () => {
    await expect(read(gzip(new Uint8Array(50_000_000)), 1_000_000)).rejects.toMatchObject({ code: 'SIZE_LIMIT' })
  })

  test.each([0, 1, 5, 11, 40])('data cut to %i bytes is truncated', async (length) => {
    await expect(read(gzip(text).subarray(0, length))).rejects.toMatchObject({ code: 'GZIP_TRUNCATED' })
  })

  test('data cut inside the trailer is truncated', async () => {
    await expect(read(gzip(text).subarray(0, -3))).rejects.toMatchObject({ code: 'GZIP_TRUNCATED' })
  })

  test('a wrong checksum or length is damage', async () => {
    for (const place of [-1, -8]) {
      const packed = Uint8Array.from(gzip(text))
      packed[packed.length + place]! ^= 1
      await expect(read(packed)).rejects.toMatchObject({ code: 'GZIP_INVALID' })
    }
  })

  test('any change gives the same data or an ArchiveError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(255), async (place, value) => {
        const packed = Uint8Array.from(gzip(text))
        packed[place % packed.length] = value
        try {
          expect(Buffer.from(await read(packed, 1_000_000))).toEqual(Buffer.from(text))
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveError)
        }
      }),
    )
  })
})

describe('several members', () => {
  const [a, b] = [utf8('first'), utf8('second')]
  const both = concatBytes([gzip(a), gzip(b)])

  test('inflateMember tells where the member ends', () => {
    const { data, end } = inflateMember(both, 0, -1)
    expect(data).toEqual(Buffer.from(a))
    expect(end).toBe(gzip(a).length)
    expect(inflateMember(both, end, -1)).toEqual({ data: Buffer.from(b), end: both.length })
  })

  test.each([1, 3, 1000])('readGzipMember leaves the rest unread (chunks of %i)', async (size) => {
    const source = new ByteSource(chunked(both, size))
    const first = await readGzipMember(source, -1)
    expect(Buffer.from(first.compressed)).toEqual(Buffer.from(gzip(a)))
    expect(source.position).toBe(gzip(a).length)
    expect(Buffer.from((await readGzipMember(source, -1)).data)).toEqual(Buffer.from(b))
    expect(await source.some(1)).toBeUndefined()
  })

  test('are one stream for gunzipAll and gunzipStream, under one limit', async () => {
    expect(Buffer.from(gunzipAll(both, 11)).toString()).toBe('firstsecond')
    expect(() => gunzipAll(both, 10)).toThrow(expect.objectContaining({ code: 'SIZE_LIMIT' }))
    expect((await collect(gunzipStream(chunked(both, 5), 11))).toString()).toBe('firstsecond')
    await expect(collect(gunzipStream(chunked(both, 5), 10))).rejects.toMatchObject({ code: 'SIZE_LIMIT' })
  })

  test.each([3, 1000])(
    'zeros after the last member: padding for gunzipAll, an error for gunzipStream (chunks of %i)',
    async (size) => {
      const padded = concatBytes([both, new Uint8Array(700)])
      expect(gunzipAll(padded, -1)).toHaveLength(11)
      await expect(collect(gunzipStream(chunked(padded, size), -1))).rejects.toMatchObject({ code: 'GZIP_INVALID' })
    },
  )

  test('other bytes after the last member are an error', async () => {
    const junk = concatBytes([both, utf8('junk')])
    expect(() => gunzipAll(junk, -1)).toThrow(expect.objectContaining({ code: 'GZIP_NOT_GZIP' }))
    await expect(collect(gunzipStream(chunked(junk, 1000), -1))).rejects.toMatchObject({ code: 'GZIP_INVALID' })
  })
})

test('the bytes found are shown when something is not gzip', () => {
  expect(() => inflateMember(utf8('<html>'), 0, -1)).toThrow('found 3c 68 74 6d')
})

test.each([1000, 300_000])('members of %i bytes at once are what they are as a stream', async (size) => {
  const bytes = concatBytes([gzip(randomBytes(size)), gzip(text)])
  const changed = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(bytes.length))
  const outcome = (reading: Promise<Uint8Array>) => reading.then(sha1Hex, ({ code }: { code: string }) => code)
  await fc.assert(
    fc.asyncProperty(changed, async ([place, flip, end]) => {
      const some = Uint8Array.from(bytes.subarray(0, Math.max(end, bytes.length - 40)))
      if (place < some.length) some[place]! ^= flip
      const streamed = outcome(collect(gunzipStream(chunked(some, 1 << 16), -1)))
      expect(await outcome(gunzipWhole(some, -1))).toBe(await streamed)
    }),
    { numRuns: 60 },
  )
})

test('errors of the source reach the reader', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield gzip(text).subarray(0, 20)
    throw new Error('connection reset')
  }
  await expect(collect(gunzipStream(failing(), -1))).rejects.toThrow('connection reset')
})

test('a limit above what fits in memory is no error by itself', () => {
  expect(inflateMember(gzip(text), 0, 17_179_869_184).data).toHaveLength(text.length)
})
