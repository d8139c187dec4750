import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@apkts/diagnostics'
import { GLOBAL_OPTIONS, parseOptions } from '@apkts/diagnostics/cli'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { updateCacheCommand } from '../../src/cli/update-cache.ts'

const FILES: Readonly<Record<string, string>> = { '/a.tar': 'content a', '/b.tar': 'content b' }
const sum = (kind: string, path: string): string => createHash(kind).update(FILES[path]!).digest('hex')

let server: Server
let base: string
const asked: string[] = []
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const text = FILES[url]
    if (url === '/moved.tar') response.writeHead(302, { location: '/a.tar' }).end()
    else if (text === undefined) response.writeHead(404).end()
    else response.end(text)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

let folder: string
let warnings: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'update-cache-'))
  asked.length = 0
  warnings = []
})
afterEach(() => rm(folder, { recursive: true }))

interface Fetch {
  readonly path: string
  readonly sums: Readonly<Record<string, string>>
  readonly if?: string
}

const step = ({ path, sums, if: condition }: Fetch): object => ({
  uses: 'fetch',
  with: { uri: `${base}${path}`, ...sums },
  ...(condition === undefined ? {} : { if: condition }),
})

async function update(pipeline: readonly object[], cache = join(folder, 'cache')): Promise<string[]> {
  const recipe = join(folder, 'a.yaml')
  await writeFile(recipe, JSON.stringify({ package: { name: 'a', version: '1', epoch: 0 }, pipeline }))
  const argv = [recipe, '--cache-dir', cache, '--arch', 'x86_64']
  const { args, options } = parseOptions(argv, [...updateCacheCommand.options, ...GLOBAL_OPTIONS])
  const { run } = await updateCacheCommand.load()
  const log = { ...silentLog, warn: (text: string) => void warnings.push(text) }
  const { signal } = new AbortController()
  await run({ args, options, env: {}, log, signal, version: '0', debug: false, print: () => {} })
  return existsSync(cache) ? (await readdir(cache)).sort() : []
}

const [SHA256, SHA512] = [sum('sha256', '/a.tar'), sum('sha512', '/a.tar')]

test.each<[string, Readonly<Record<string, string>>, string[]]>([
  ['/a.tar', { 'expected-sha256': SHA256 }, [`sha256:${SHA256}`]],
  ['/a.tar', { 'expected-sha512': SHA512 }, [`sha512:${SHA512}`]],
  ['/a.tar', { 'expected-sha256': SHA256, 'expected-sha512': SHA512 }, [`sha256:${SHA256}`, `sha512:${SHA512}`]],
  ['/moved.tar', { 'expected-sha256': SHA256 }, [`sha256:${SHA256}`]],
])('%s with %j is stored under its checksums', async (path, sums, expected) => {
  expect(await update([step({ path, sums })])).toEqual(expected)
  expect(await readFile(join(folder, 'cache', expected[0]!), 'utf8')).toBe('content a')
})

test('what is there is downloaded all the same', async () => {
  const steps = [step({ path: '/a.tar', sums: { 'expected-sha256': SHA256 } })]
  await update(steps)
  await update(steps)
  expect(asked).toEqual(['/a.tar', '/a.tar'])
})

test('nested steps count, and those whose condition is false, too', async () => {
  const b = step({ path: '/b.tar', sums: { 'expected-sha256': sum('sha256', '/b.tar') } })
  const off = step({ path: '/a.tar', sums: { 'expected-sha256': SHA256 }, if: "'a' == 'b'" })
  expect(await update([{ pipeline: [b] }, off])).toEqual(
    [`sha256:${SHA256}`, `sha256:${sum('sha256', '/b.tar')}`].sort(),
  )
})

test.each<[string, Fetch, object]>([
  [
    'another checksum',
    { path: '/a.tar', sums: { 'expected-sha256': '0'.repeat(64) } },
    { code: 'CHECKSUM', message: expect.stringContaining(SHA256) },
  ],
  [
    'nothing there',
    { path: '/nowhere.tar', sums: { 'expected-sha256': SHA256 } },
    { message: expect.stringContaining('404') },
  ],
])('%s is an error, and nothing is stored', async (_, fetch, error) => {
  await expect(update([step(fetch)])).rejects.toMatchObject(error)
  expect(await readdir(join(folder, 'cache')).catch(() => [])).toEqual([])
})

test('a bucket is no directory: a warning, and nothing is done', async () => {
  expect(await update([step({ path: '/a.tar', sums: { 'expected-sha256': SHA256 } })], 'gs://bucket/x')).toEqual([])
  expect(warnings).toEqual(['gs://bucket/x is no directory: nothing is stored'])
  expect([asked, existsSync('gs:')]).toEqual([[], false])
})
