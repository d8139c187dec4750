import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Hex, sha512Hex, utf8 } from '@apkts/encoding'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pipelineDownloads, storeDownload } from '../../src/build/fetch-cache.ts'
import type { CompiledStep } from '../../src/compile/types.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fetch-cache-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const step = (fields: Partial<CompiledStep>) =>
  ({ uses: '', inputs: {}, pipeline: [], ...fields }) as unknown as CompiledStep
const fetched = (uri: string) => step({ uses: 'fetch', inputs: { uri, 'expected-sha256': 'aa' } })

async function* content() {
  yield utf8('con')
  yield utf8('tent')
}

const SUMS = { sha256: sha256Hex('content'), sha512: sha512Hex('content') }
const download = (sums: Partial<typeof SUMS>) => ({
  uri: 'https://x/y',
  sha256: '',
  sha512: '',
  step: step({}),
  ...sums,
})

test('downloads of nested steps are found, each once', () => {
  const found = pipelineDownloads([fetched('a'), step({ pipeline: [fetched('b'), fetched('a')] })])
  expect(found.map(({ uri, sha256 }) => [uri, sha256])).toEqual([
    ['a', 'aa'],
    ['b', 'aa'],
  ])
})

test.each([
  [{ sha256: SUMS.sha256 }, [`sha256:${SUMS.sha256}`]],
  [{ sha512: SUMS.sha512 }, [`sha512:${SUMS.sha512}`]],
  [SUMS, [`sha256:${SUMS.sha256}`, `sha512:${SUMS.sha512}`]],
  [{}, [`sha256:${SUMS.sha256}`]],
])('a download is stored under its checksums: %j', async (sums, names) => {
  expect(await storeDownload(directory, download(sums), content())).toEqual(names)
  expect((await readdir(directory)).sort()).toEqual(names)
  expect(await readFile(join(directory, names[0]!), 'utf8')).toBe('content')
})

test('anything else than what is expected is refused, and nothing stays', async () => {
  const stored = storeDownload(directory, download({ sha256: '0'.repeat(64) }), content())
  await expect(stored).rejects.toMatchObject({ code: 'CHECKSUM', message: expect.stringContaining(SUMS.sha256) })
  expect(await readdir(directory)).toEqual([])
})
