import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContentRef } from '@apkts/archive'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ContentFiles } from '../src/index.ts'
import { readRun } from '../src/layer/read-run.ts'
import type { Run } from '../src/layer/runs.ts'
import { type TarHash, tarHash } from '../src/layer/tar-hash.ts'
import { openTarHasher } from '../src/layer/tar-hasher.ts'

const FILE = Buffer.alloc(3_000_000, 'the content of a package ')
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tar-hash-'))
  for (const name of ['a', 'b']) await writeFile(join(directory, name), FILE)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const range = fc
  .record({ name: fc.constantFrom('a', 'b'), offset: fc.nat(2_000_000), size: fc.nat(1_000_000) })
  .map(({ name, ...place }): ContentRef => ({ kind: 'file', path: join(directory, name), ...place }))
const slice = fc.oneof(
  range,
  fc.uint8Array({ maxLength: 2000 }).map((bytes): ContentRef => ({ kind: 'bytes', bytes })),
)
const sizeOf = (content: ContentRef) => (content.kind === 'bytes' ? content.bytes.length : content.size)
const run = fc
  .array(slice, { minLength: 1, maxLength: 5 })
  .map((slices): Run => ({ slices, size: slices.reduce((sum, content) => sum + sizeOf(content), 0) }))

const hasher = openTarHasher()
afterAll(() => hasher.close())

describe.each<[string, () => TarHash]>([
  ['here', tarHash],
  ['in a thread', () => hasher.tar()],
])('a tar hashed %s', (_, open) => {
  test('has the SHA-256 of all its runs', async () => {
    const files = new ContentFiles()
    await fc.assert(
      fc.asyncProperty(fc.array(run, { maxLength: 12 }), fc.boolean(), async (runs, givenUp) => {
        const hash = open()
        const expected = createHash('sha256')
        for (const next of runs) {
          const bytes = readRun(next, files)
          expected.update(bytes)
          await hash.add(next, hash.wantsBytes ? bytes : undefined)
        }
        if (givenUp) return hash.forget()
        expect(await hash.digest()).toBe(`sha256:${expected.digest('hex')}`)
        expect(hash.size).toBe(runs.reduce((sum, { size }) => sum + size, 0))
      }),
      { numRuns: 30 },
    )
    files.close()
  })
})

test.each([
  ['too short', (path: string) => ({ path, offset: 2_999_999 }), { code: 'CONTENT_TRUNCATED' }],
  ['gone', (path: string) => ({ path: `${path}-gone`, offset: 0 }), { code: 'ENOENT' }],
])('a file that is %s ends the hash in a thread', async (_, place, expected) => {
  const own = openTarHasher()
  try {
    const hash = own.tar()
    const content: ContentRef = { kind: 'file', ...place(join(directory, 'a')), size: 2 }
    hash.add({ size: 2, slices: [content] }, undefined)
    await expect(hash.digest()).rejects.toMatchObject(expected)
  } finally {
    await own.close()
  }
})

test('tars hashed in one thread at the same time do not disturb one another', async () => {
  const files = new ContentFiles()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), run), { maxLength: 20 }), fc.nat(3), async (parts, givenUp) => {
      const tars = Array.from({ length: 3 }, () => ({ hash: hasher.tar(), expected: createHash('sha256') }))
      for (const [index, next] of parts) {
        const { hash, expected } = tars[index]!
        expected.update(readRun(next, files))
        await hash.add(next, undefined)
      }
      tars[givenUp]?.hash.forget()
      const wanted = tars.filter((_, index) => index !== givenUp)
      const digests = await Promise.all(wanted.map(({ hash }) => hash.digest()))
      expect(digests).toEqual(wanted.map(({ expected }) => `sha256:${expected.digest('hex')}`))
    }),
    { numRuns: 30 },
  )
  files.close()
})

test.each([
  { startsAt: 64 << 20, running: 4 << 20 },
  { startsAt: 1 << 20, running: 1 << 20 },
])('a thread that starts for $startsAt bytes is asked for $running when it runs', async ({ startsAt, running }) => {
  const own = openTarHasher(startsAt)
  try {
    expect(own.from).toBe(startsAt)
    own.start()
    expect(own.from).toBe(running)
  } finally {
    await own.close()
  }
})

test('a hasher that nobody needed has no thread to end', async () => {
  await openTarHasher().close()
})
