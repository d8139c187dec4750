import { chmodSync } from 'node:fs'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openTemporaryDirectory, type TemporaryDirectory } from '@apkts/cache'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openRepositories, type RepositoryClient, type RepositoryOptions } from '../src/index.ts'
import { type RecordedLog, recordedLog, recordedWaiting } from './support/environment.ts'
import { buildIndex, buildPackage, createKey, type TestKey } from './support/packages.ts'
import { cutAfter, inTurn, respond, sendBytes, startServer, type TestServer } from './support/server.ts'

let trusted: TestKey
let stranger: TestKey
let server: TestServer
let temporary: TemporaryDirectory
let log: RecordedLog
let waiting: ReturnType<typeof recordedWaiting>
const clients: RepositoryClient[] = []

const PATH = '/os/x86_64/APKINDEX.tar.gz'
const one = [buildPackage({ name: 'one' })]
const two = [...one, buildPackage({ name: 'two' })]

beforeAll(async () => {
  trusted = await createKey('test.rsa')
  stranger = await createKey('other.rsa')
})

beforeEach(async () => {
  server = await startServer()
  temporary = await openTemporaryDirectory('repository-test-')
  log = recordedLog()
  waiting = recordedWaiting()
})

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
  await server.close()
  await temporary.close()
})

function open(options: Partial<RepositoryOptions> = {}): RepositoryClient {
  const client = openRepositories({
    keys: trusted.keys,
    cacheDir: join(temporary.path, 'cache'),
    log,
    waiting,
    ...options,
  })
  clients.push(client)
  return client
}

async function names(client: RepositoryClient, location = `${server.url}/os`): Promise<string[]> {
  const [index] = await client.loadIndexes([location], 'x86_64')
  return index!.records.map((record) => record.name)
}

describe('a remote index', () => {
  beforeEach(() => {
    server.content.set(PATH, buildIndex(one, trusted.key))
  })

  test('is downloaded once, then checked with HEAD once per client', async () => {
    expect(await names(open())).toEqual(['one'])
    expect(server.requests).toEqual([`GET ${PATH}`])
    const second = open()
    expect(await names(second)).toEqual(['one'])
    expect(await names(second)).toEqual(['one'])
    expect(server.requests).toEqual([`GET ${PATH}`, `HEAD ${PATH}`])
  })

  test('is downloaded again when its ETag has changed', async () => {
    await names(open())
    server.content.set(PATH, buildIndex(two, trusted.key))
    expect(await names(open())).toEqual(['one', 'two'])
    expect(server.requests).toEqual([`GET ${PATH}`, `HEAD ${PATH}`, `GET ${PATH}`])
  })

  test('is stored under the base32 of its ETag, with nothing else beside it', async () => {
    server.content.set(PATH, (_, response) => {
      response.setHeader('etag', 'W/"abc"')
      respond(response, 200, buildIndex(one, trusted.key))
    })
    await names(open())
    const directory = join(temporary.path, 'cache', encodeURIComponent(`${server.url}/os`), 'x86_64/APKINDEX')
    expect(await readdir(directory)).toEqual(['K4XSEYLCMM======.tar.gz'])
  })

  test('without ETag is downloaded once per client', async () => {
    server.content.set(PATH, (request, response) => sendBytes(request, response, buildIndex(one, trusted.key), false))
    const client = open()
    await names(client)
    await names(client)
    expect(server.requests).toEqual([`GET ${PATH}`])
    await names(open())
    expect(server.requests).toEqual([`GET ${PATH}`, `GET ${PATH}`])
  })

  test('of a server that refuses HEAD is downloaded', async () => {
    const bytes = buildIndex(one, trusted.key)
    server.content.set(PATH, (request, response) => {
      if (request.method === 'HEAD') respond(response, 405)
      else sendBytes(request, response, bytes)
    })
    await names(open())
    expect(await names(open())).toEqual(['one'])
    expect(server.requests).toEqual([`GET ${PATH}`, `HEAD ${PATH}`, `GET ${PATH}`])
  })

  test('asked for many times at once is requested once', async () => {
    const client = open()
    await Promise.all(Array.from({ length: 10 }, () => names(client)))
    expect(server.requests).toEqual([`GET ${PATH}`])
  })

  test('that is missing is an error with URL and status', async () => {
    await expect(names(open(), `${server.url}/nope`)).rejects.toThrow(
      `unexpected status code 404 for GET ${server.url}/nope/x86_64/APKINDEX.tar.gz`,
    )
  })

  test('whose download breaks off is resumed, and never stored in part', async () => {
    const bytes = buildIndex(one, trusted.key)
    server.content.set(
      PATH,
      inTurn(
        (_, response) => cutAfter(response, bytes, 100),
        (request, response) => sendBytes(request, response, bytes),
      ),
    )
    expect(await names(open())).toEqual(['one'])
    expect(server.requests).toEqual([`GET ${PATH}`, `GET ${PATH} bytes=100-`])
  })

  test('with a damaged copy on disk is downloaded again and the copy replaced', async () => {
    await names(open())
    const directory = join(temporary.path, 'cache', encodeURIComponent(`${server.url}/os`), 'x86_64/APKINDEX')
    const [file] = await readdir(directory)
    await writeFile(join(directory, file!), 'damage')
    expect(await names(open())).toEqual(['one'])
    expect(await readFile(join(directory, file!))).toEqual(Buffer.from(server.content.get(PATH) as Uint8Array))
    expect(log.warnings.join()).toContain('the cached index is damaged')
  })
})

describe('offline', () => {
  test('the newest stored index is used and no request made', async () => {
    server.content.set(PATH, buildIndex(one, trusted.key))
    await names(open())
    server.content.set(PATH, buildIndex(two, trusted.key))
    await names(open())
    const directory = join(temporary.path, 'cache', encodeURIComponent(`${server.url}/os`), 'x86_64/APKINDEX')
    await writeFile(join(directory, 'partial.tmp'), 'half of a download')
    await utimes(join(directory, 'partial.tmp'), new Date('2099-01-01'), new Date('2099-01-01'))
    const before = server.requests.length
    expect(await names(open({ offline: true }))).toEqual(['one', 'two'])
    expect(server.requests.length).toBe(before)
  })

  test('an index that was never stored is an error with its URL', async () => {
    await expect(names(open({ offline: true }))).rejects.toThrow(`${server.url}${PATH} is not in the offline cache`)
    expect(server.requests).toEqual([])
  })
})

describe('trust', () => {
  const rows = [
    { name: 'an unsigned index', sign: () => undefined, code: 'UNSIGNED|SIGNATURE_MEMBER', keys: () => trusted.keys },
    { name: 'an unknown key', sign: () => stranger.key, code: 'SIGNATURE_UNKNOWN_KEY', keys: () => trusted.keys },
    { name: 'no keys', sign: () => trusted.key, code: 'NO_KEYS', keys: () => new Map<string, string>() },
    {
      name: 'another key of the same name',
      sign: () => trusted.key,
      code: 'SIGNATURE_BAD',
      keys: () => new Map([['test.rsa.pub', [...stranger.keys.values()][0]!]]),
    },
  ]
  test.each(rows)('$name is refused: $code', async ({ sign, code, keys }) => {
    server.content.set(PATH, buildIndex(one, sign()))
    const failure = await names(open({ keys: keys() })).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: expect.stringMatching(new RegExp(`^(${code})$`)), hint: expect.any(String) })
    expect((failure as Error).message).toContain(`${server.url}${PATH}`)
  })

  test.each(rows)('$name is accepted when signatures are ignored', async ({ sign, keys }) => {
    server.content.set(PATH, buildIndex(one, sign()))
    expect(await names(open({ keys: keys(), ignoreSignatures: true }))).toEqual(['one'])
  })

  test('an index loaded without verification does not serve a caller who wants it', async () => {
    server.content.set(PATH, buildIndex(one, stranger.key))
    const client = open()
    await client.loadIndexes([`${server.url}/os`], 'x86_64', { ignoreSignatures: true })
    await expect(names(client)).rejects.toMatchObject({ code: 'SIGNATURE_UNKNOWN_KEY' })
    expect(server.requests.filter((request) => request.startsWith('GET'))).toHaveLength(1)
  })

  test('the key that verified is named', async () => {
    server.content.set(PATH, buildIndex(one, trusted.key))
    const [index] = await open().loadIndexes([`${server.url}/os`], 'x86_64')
    expect(index).toMatchObject({ verifiedBy: 'test.rsa.pub', tag: '', arch: 'x86_64' })
  })
})

describe('several lines', () => {
  test('keep their order, and one location may be there tagged and untagged', async () => {
    server.content.set(PATH, buildIndex(one, trusted.key))
    const lines = [`@edge ${server.url}/os`, `${server.url}/os`]
    const indexes = await open().loadIndexes(lines, 'x86_64')
    expect(indexes.map(({ tag, location }) => ({ tag, location }))).toEqual([
      { tag: 'edge', location: `${server.url}/os` },
      { tag: '', location: `${server.url}/os` },
    ])
    expect(server.requests).toEqual([`GET ${PATH}`])
  })
})

describe('a local index', () => {
  let directory: string

  beforeEach(async () => {
    directory = join(temporary.path, 'local')
    await mkdir(join(directory, 'x86_64'), { recursive: true })
  })

  test('is read, and read again when it has changed', async () => {
    const file = join(directory, 'x86_64/APKINDEX.tar.gz')
    await writeFile(file, buildIndex(one, trusted.key))
    const client = open()
    expect(await names(client, directory)).toEqual(['one'])
    await writeFile(file, buildIndex(two, trusted.key))
    expect(await names(client, directory)).toEqual(['one', 'two'])
  })

  test('that does not exist is left out with a warning', async () => {
    expect(await open().loadIndexes([directory], 'aarch64')).toEqual([])
    expect(log.warnings).toEqual([
      expect.stringMatching(/^getting local index .*aarch64\/APKINDEX.tar.gz: .*no such file or directory$/),
    ])
  })

  test('that cannot be read is an error naming it', async () => {
    await mkdir(join(directory, 'x86_64/APKINDEX.tar.gz'))
    await expect(names(open(), directory)).rejects.toThrow(`cannot read the index ${directory}/x86_64/APKINDEX.tar.gz`)
  })

  test('larger than the limit is refused', async () => {
    await writeFile(join(directory, 'x86_64/APKINDEX.tar.gz'), buildIndex(one, trusted.key))
    const failure = names(open({ limits: { index: 1024 } }), directory)
    await expect(failure).rejects.toThrow(/limit is 1024 bytes/)
  })
})

describe('a cache directory that cannot be written', () => {
  test('is done without, with a warning', async () => {
    server.content.set(PATH, buildIndex(one, trusted.key))
    await writeFile(join(temporary.path, 'file'), '')
    chmodSync(join(temporary.path, 'file'), 0o400)
    expect(await names(open({ cacheDir: join(temporary.path, 'file/cache') }))).toEqual(['one'])
    expect(log.warnings.join()).toContain('the cache directory cannot be used')
  })
})
