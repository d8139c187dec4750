import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readContentFully } from '@apkts/archive'
import { identifyFile, openTemporaryDirectory, type TemporaryDirectory } from '@apkts/cache'
import { concatBytes, hex, sha1Hex, utf8Decode } from '@apkts/encoding'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ExpandedPackage, openRepositories, type RepositoryClient, type RepositoryOptions } from '../src/index.ts'
import { type RecordedLog, recordedLog, recordedWaiting } from './support/environment.ts'
import { type BuiltPackage, buildPackage, createKey, signed, type TestKey } from './support/packages.ts'
import { cutAfter, inTurn, respond, sendBytes, startServer, type TestServer } from './support/server.ts'

let signer: TestKey
let server: TestServer
let temporary: TemporaryDirectory
let log: RecordedLog
let waiting: ReturnType<typeof recordedWaiting>
let threadsFrom: number
const clients: RepositoryClient[] = []

const PATH = '/os/x86_64/app-1.0-r0.apk'
const FILES = { 'etc/conf': 'configuration\n', 'usr/bin/app': 'x'.repeat(5000), 'usr/empty': '' }
const app = buildPackage({ name: 'app', files: FILES })

/** Everything is the same, whoever writes what was fetched. */
const stored = describe.each([
  { where: 'here', from: Number.POSITIVE_INFINITY },
  { where: 'in a thread', from: 0 },
])

beforeAll(async () => {
  signer = await createKey()
})

beforeEach(async () => {
  server = await startServer()
  temporary = await openTemporaryDirectory('package-test-')
  log = recordedLog()
  waiting = recordedWaiting()
  server.content.set(PATH, app.bytes)
})

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
  await server.close()
  await temporary.close()
})

function open(options: Partial<RepositoryOptions> = {}): RepositoryClient {
  const client = openRepositories({
    keys: new Map(),
    cacheDir: join(temporary.path, 'cache'),
    log,
    waiting,
    threadsFrom,
    ...options,
  })
  clients.push(client)
  return client
}

function fetchApp(client: RepositoryClient, built: BuiltPackage = app, url = server.url): Promise<ExpandedPackage> {
  return client.fetchPackage({ record: built.record, location: `${url}/os`, arch: 'x86_64' })
}

async function contentsOf(fetched: ExpandedPackage): Promise<Record<string, string>> {
  const contents: Record<string, string> = {}
  for (const { header, content } of fetched.entries) {
    if (header.type === 'file') contents[header.path] = utf8Decode(await readContentFully(content, 1 << 22))
  }
  return contents
}

/** The same whatever kind of bytes and of maps it has. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if ('keys' in value) return plain([...(value as ReadonlyMap<unknown, unknown>)])
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

const packageDir = () => join(temporary.path, 'cache', encodeURIComponent(`${server.url}/os`), 'x86_64/app-1.0-r0')

/** What a failed attempt left in the package's directory; that it is not there is as good. */
const leftovers = async (): Promise<string[]> => (existsSync(packageDir()) ? readdir(packageDir()) : [])

async function entryEnding(suffix: string): Promise<string> {
  const name = (await readdir(packageDir())).find((candidate) => candidate.endsWith(suffix))
  return join(packageDir(), name!)
}

stored('fetching a package, stored $where', ({ from }) => {
  beforeEach(() => {
    threadsFrom = from
  })

  const large = { 'usr/noise': randomBytes(400_000).toString('base64'), ...FILES }

  test.each([
    { how: 'in one piece', memory: undefined, files: FILES },
    { how: 'as a stream', memory: 0, files: FILES },
    { how: 'in one piece, large', memory: undefined, files: large },
    { how: 'as a stream, large', memory: 100_000, files: large },
  ])('from a server and from a directory, $how', async ({ memory, files }) => {
    const built = buildPackage({ name: 'app', files })
    server.content.set(PATH, built.bytes)
    const directory = join(temporary.path, 'os/x86_64')
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'app-1.0-r0.apk'), built.bytes)
    for (const place of [server.url, temporary.path]) {
      const fetched = await fetchApp(open({ memory }), built, place)
      expect(fetched.fileSize).toBe(built.bytes.length)
      expect(await contentsOf(fetched)).toEqual(files)
    }
  })

  test('gives its metadata, sections and files', async () => {
    const fetched = await fetchApp(open())
    expect(fetched).toMatchObject({ name: 'app', version: '1.0-r0', fileSize: app.bytes.length })
    expect(hex(fetched.controlSha1)).toBe(hex(app.record.checksum!))
    const { control, data, signature } = fetched.sections
    expect(signature).toBeUndefined()
    expect(control.offset).toBe(0)
    expect(data.offset + data.length).toBe(app.bytes.length)
    expect(fetched.controlMembers).toEqual([])
    expect(fetched.entries.map(({ header }) => header.path)).toEqual([
      'etc',
      'etc/conf',
      'usr',
      'usr/bin',
      'usr/bin/app',
      'usr',
      'usr/empty',
    ])
    expect(await contentsOf(fetched)).toEqual(FILES)
  })

  test('a signed package has its signature section in front', async () => {
    const built = signed(app, signer.key)
    server.content.set(PATH, built.bytes)
    for (const client of [open(), open()]) {
      const { sections, fileSize } = await fetchApp(client)
      expect(fileSize).toBe(built.bytes.length)
      const { signature, control } = sections
      expect(signature!.length).toBe(built.bytes.length - app.bytes.length)
      expect(hex(signature!.digest)).toBe(sha1Hex(built.bytes.subarray(0, signature!.length)))
      expect(control.offset).toBe(signature!.length)
    }
    expect(server.requests).toEqual([`GET ${PATH}`])
  })

  test('asked for many times at once is downloaded once', async () => {
    const client = open()
    await Promise.all(Array.from({ length: 8 }, () => fetchApp(client)))
    expect(server.requests).toEqual([`GET ${PATH}`])
  })

  test('by URL and checksum text, as lock files have it', async () => {
    const checksum = `Q1${Buffer.from(app.record.checksum!).toString('base64')}`
    const fetched = await open().fetchPackage({ url: `${server.url}${PATH}`, name: 'app', version: '1.0-r0', checksum })
    expect(fetched.name).toBe('app')
  })

  test('from a local repository works too, and is cached', async () => {
    const directory = join(temporary.path, 'os/x86_64')
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'app-1.0-r0.apk'), app.bytes)
    expect(await contentsOf(await fetchApp(open(), app, temporary.path))).toEqual(FILES)
    await rm(join(directory, 'app-1.0-r0.apk'))
    expect(await contentsOf(await fetchApp(open(), app, temporary.path))).toEqual(FILES)
  })

  test('without a cache directory its files are readable until the client is closed', async () => {
    const client = open({ cacheDir: undefined })
    const fetched = await fetchApp(client)
    expect(await contentsOf(fetched)).toEqual(FILES)
    await client.close()
    await expect(contentsOf(fetched)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

stored('the cache, stored $where', ({ from }) => {
  beforeEach(() => {
    threadsFrom = from
  })

  test('has the layout apko reads', async () => {
    await fetchApp(open())
    const names = (await readdir(packageDir())).sort()
    const control = hex(app.record.checksum!)
    const [expand] = names.filter((name) => name.startsWith('expand-apk'))
    const links = names.filter((name) => name.endsWith('.gz') || name.endsWith('.tar'))
    expect(links.map((name) => name.replace(/^[0-9a-f]{64}/, 'DATA')).sort()).toEqual(
      ['DATA.dat.tar', 'DATA.dat.tar.gz', `${control}.ctl.tar.gz`].sort(),
    )
    expect(await readlink(join(packageDir(), `${control}.ctl.tar.gz`))).toBe(`${expand}/stream-0.tar.gz`)
    expect(await readlink(await entryEnding('.dat.tar.gz'))).toBe(`${expand}/stream-1.tar.gz`)
    expect(await readlink(await entryEnding('.dat.tar'))).toBe(`${expand}/stream-1.tar`)
  })

  test('serves a second client without any request, also offline', async () => {
    await fetchApp(open())
    expect(await contentsOf(await fetchApp(open()))).toEqual(FILES)
    expect(await contentsOf(await fetchApp(open({ offline: true })))).toEqual(FILES)
    expect(server.requests).toEqual([`GET ${PATH}`])
  })

  const scripted = buildPackage({ name: 'app', files: FILES, scripts: { trigger: '#!/bin/sh\n', 'pre-install': 'é' } })

  test.each([
    { what: 'unsigned', built: () => app },
    { what: 'signed', built: () => signed(app, signer.key) },
    { what: 'with scripts', built: () => scripted },
  ])('gives a second client what it gave the one that fetched it, $what', async ({ built }) => {
    server.content.set(PATH, built().bytes)
    const fetched = await fetchApp(open(), built())
    expect(fetched.dataFile.compressed).toEqual(identifyFile(await entryEnding('.dat.tar.gz')))
    const { compressed: _, ...dataFile } = fetched.dataFile // only the one that fetched it knows that
    const expected = plain({ ...fetched, dataFile })
    expect(plain(await fetchApp(open({ offline: true }), built()))).toEqual(expected)
    await unlink(await entryEnding('.record.json'))
    expect(plain(await fetchApp(open({ offline: true }), built()))).toEqual(expected)
  })

  test('has scripts of the control section, and none of what else is in there', async () => {
    server.content.set(PATH, scripted.bytes)
    for (const client of [open(), open()]) {
      const { controlMembers } = await fetchApp(client, scripted)
      expect(controlMembers.map(({ header }) => header.path)).toEqual(['.pre-install', '.trigger'])
      expect(controlMembers.map(({ content }) => utf8Decode(content))).toEqual(['é', '#!/bin/sh\n'])
    }
  })

  test('gives the package file as it was', async () => {
    const built = signed(app, signer.key)
    server.content.set(PATH, built.bytes)
    const wanted = { record: built.record, location: `${server.url}/os`, arch: 'x86_64' }
    const rows = [
      { damage: async () => {}, downloads: 1 },
      { damage: async () => unlink(await entryEnding('.sig.tar.gz')), downloads: 2 },
      { damage: async () => truncate(await entryEnding('.sig.tar.gz'), 10), downloads: 3 },
      { damage: async () => truncate(await entryEnding('.dat.tar.gz'), 10), downloads: 4 },
    ]
    for (const { damage, downloads } of rows) {
      await fetchApp(open(), built)
      await damage()
      const { bytes, size } = await open().openPackageFile(wanted)
      const parts: Uint8Array[] = []
      for await (const part of bytes) parts.push(part)
      expect(Buffer.concat(parts).equals(built.bytes)).toBe(true)
      expect(size).toBe(built.bytes.length)
      expect(server.requests).toHaveLength(downloads)
    }
  })

  test('offline, a package that is not there is an error naming its URL', async () => {
    await expect(fetchApp(open({ offline: true }))).rejects.toThrow(`${server.url}${PATH} is not in the offline cache`)
    expect(server.requests).toEqual([])
  })

  test('a package file that a user put there is used', async () => {
    await mkdir(dirname(packageDir()), { recursive: true })
    await writeFile(`${packageDir()}.apk`, app.bytes)
    expect(await contentsOf(await fetchApp(open({ offline: true })))).toEqual(FILES)
  })

  test('written by apko, without our record of entries, is used after verification', async () => {
    await fetchApp(open())
    await unlink(await entryEnding('.record.json'))
    expect(await contentsOf(await fetchApp(open({ offline: true })))).toEqual(FILES)
    expect(existsSync(await entryEnding('.record.json'))).toBe(true)
  })

  test('loses what killed processes left behind a day ago, but nothing that is in use or young', async () => {
    const control = hex(app.record.checksum!)
    await fetchApp(open())
    const [used] = (await readdir(packageDir())).filter((name) => name.startsWith('expand-apk'))
    for (const name of ['expand-apk-old', 'expand-apk-young']) await mkdir(join(packageDir(), name))
    for (const name of ['expand-apk-old', used!]) await utimes(join(packageDir(), name), new Date(1000), new Date(1000))
    await utimes(join(packageDir(), 'expand-apk-young'), new Date(waiting.now()), new Date(waiting.now()))
    await rm(join(packageDir(), `${control}.ctl.tar.gz`))
    await fetchApp(open())
    const left = (await readdir(packageDir())).filter((name) => name.startsWith('expand-apk'))
    expect(left).toContain('expand-apk-young')
    expect(left).not.toContain('expand-apk-old')
    expect(await contentsOf(await fetchApp(open({ offline: true })))).toEqual(FILES)
  })

  test('used by two clients at once stays sound and has no leftovers', async () => {
    const several = Array.from({ length: 6 }, () => open())
    const fetched = await Promise.all(several.map((client) => fetchApp(client)))
    for (const one of fetched) expect(await contentsOf(one)).toEqual(FILES)
    expect(await contentsOf(await fetchApp(open({ offline: true })))).toEqual(FILES)
    const names = await readdir(packageDir())
    expect(names.filter((name) => name.startsWith('.'))).toEqual([])
  })
})

stored('a damaged cache entry heals, stored $where', ({ from }) => {
  beforeEach(() => {
    threadsFrom = from
  })

  const replaceBytes = async (path: string, edit: (bytes: Buffer) => void) => {
    const target = await realpath(path)
    const bytes = await readFile(target)
    edit(bytes)
    await writeFile(target, bytes)
  }
  const rows: { name: string; downloads: number; damage: () => Promise<void> }[] = [
    {
      name: 'control section changed',
      downloads: 1,
      damage: async () => replaceBytes(await entryEnding('.ctl.tar.gz'), (bytes) => bytes.fill(0, 20, 30)),
    },
    {
      name: 'file content changed in the inflated data',
      downloads: 0,
      damage: async () =>
        replaceBytes(await entryEnding('.dat.tar'), (bytes) => bytes.write('X', bytes.indexOf('configuration'))),
    },
    {
      name: 'file content changed, times put back',
      downloads: 0,
      damage: async () => {
        const path = await entryEnding('.dat.tar')
        await replaceBytes(path, (bytes) => bytes.write('X', bytes.indexOf('configuration')))
        await utimes(path, new Date(1000), new Date(1000))
      },
    },
    {
      name: 'inflated data cut inside an entry',
      downloads: 0,
      damage: async () => truncate(await entryEnding('.dat.tar'), 1100),
    },
    { name: 'inflated data empty', downloads: 0, damage: async () => truncate(await entryEnding('.dat.tar'), 0) },
    { name: 'inflated data removed', downloads: 0, damage: async () => unlink(await entryEnding('.dat.tar')) },
    {
      name: 'inflated and compressed data damaged',
      downloads: 1,
      damage: async () => {
        await truncate(await entryEnding('.dat.tar'), 1100)
        await replaceBytes(await entryEnding('.dat.tar.gz'), (bytes) => bytes.fill(0, 40, 50))
      },
    },
    {
      name: 'targets of all links removed',
      downloads: 1,
      damage: async () => {
        const [expand] = (await readdir(packageDir())).filter((name) => name.startsWith('expand-apk'))
        await rm(join(packageDir(), expand!), { recursive: true })
      },
    },
    { name: 'record cut', downloads: 0, damage: async () => truncate(await entryEnding('.record.json'), 50) },
    { name: 'record empty', downloads: 0, damage: async () => truncate(await entryEnding('.record.json'), 0) },
    {
      name: 'entries changed in the record',
      downloads: 0,
      damage: async () =>
        replaceBytes(await entryEnding('.record.json'), (bytes) => bytes.write('9', bytes.lastIndexOf('5000'))),
    },
    {
      name: 'name changed in the record',
      downloads: 0,
      damage: async () =>
        replaceBytes(await entryEnding('.record.json'), (bytes) => bytes.write('epp', bytes.indexOf('app'))),
    },
    {
      name: 'record of another format',
      downloads: 0,
      damage: async () =>
        replaceBytes(await entryEnding('.record.json'), (bytes) => bytes.write('1', bytes.indexOf('3,"sha256"'))),
    },
    {
      name: 'record of another control section',
      downloads: 0,
      damage: async () => {
        const other = buildPackage({ name: 'app', files: { 'etc/other': 'other' } })
        server.content.set(`/other${PATH}`, other.bytes)
        await fetchApp(open(), other, `${server.url}/other`)
        server.requests.pop()
        const directory = packageDir().replace(encodeURIComponent('/os'), encodeURIComponent('/other/os'))
        await copyFile(join(directory, `${hex(other.record.checksum!)}.record.json`), await entryEnding('.record.json'))
      },
    },
    {
      name: 'control link in a circle',
      downloads: 1,
      damage: async () => {
        const path = await entryEnding('.ctl.tar.gz')
        await unlink(path)
        await symlink(path, path)
      },
    },
  ]
  test.each(rows)('$name: $downloads new downloads', async ({ damage, downloads }) => {
    await fetchApp(open())
    await damage()
    expect(await contentsOf(await fetchApp(open()))).toEqual(FILES)
    expect(server.requests).toHaveLength(1 + downloads)
    expect(await contentsOf(await fetchApp(open({ offline: true })))).toEqual(FILES)
    expect(server.requests).toHaveLength(1 + downloads)
  })

  test('and is only touched when it was only touched', async () => {
    await fetchApp(open())
    const before = await realpath(await entryEnding('.dat.tar'))
    await utimes(before, new Date(1000), new Date(1000))
    expect(await contentsOf(await fetchApp(open({ offline: true })))).toEqual(FILES)
    expect(await realpath(await entryEnding('.dat.tar'))).toBe(before)
  })
})

stored('downloads that break off, stored $where', ({ from }) => {
  beforeEach(() => {
    threadsFrom = from
  })

  const whole = (request: Parameters<typeof sendBytes>[0], response: Parameters<typeof respond>[0]) =>
    sendBytes(request, response, app.bytes)
  const cut = (_: unknown, response: Parameters<typeof respond>[0]) => cutAfter(response, app.bytes, 100)

  test('are resumed with Range', async () => {
    server.content.set(PATH, inTurn(cut, whole))
    expect(await contentsOf(await fetchApp(open()))).toEqual(FILES)
    expect(server.requests).toEqual([`GET ${PATH}`, `GET ${PATH} bytes=100-`])
  })

  test('are resumed on servers without ranges', async () => {
    server.content.set(
      PATH,
      inTurn(cut, (_, response) => respond(response, 200, app.bytes)),
    )
    expect(await contentsOf(await fetchApp(open()))).toEqual(FILES)
    expect(server.requests).toHaveLength(2)
  })

  test('are tried again as a whole', async () => {
    server.content.set(PATH, inTurn(cut, cut, cut, whole))
    expect(await contentsOf(await fetchApp(open()))).toEqual(FILES)
    expect(waiting.pauses).toEqual([1000])
    expect(log.warnings.join()).toContain('retrying fetch of app (attempt 2/3)')
  })

  test('fail after three attempts, leaving nothing behind', async () => {
    server.content.set(PATH, cut)
    await expect(fetchApp(open())).rejects.toThrow('after 3 attempts')
    expect(server.requests).toHaveLength(9)
    expect(await leftovers()).toEqual([])
  })

  test('on connections closed by the server while the reader pauses are complete', async () => {
    const noise = Array.from({ length: 40_000 }, (_, i) => sha1Hex(`${i}`)).join('')
    const big = buildPackage({ name: 'app', files: { noise } })
    server.content.set(PATH, (_, response) => {
      response.writeHead(200, { 'content-length': big.bytes.length, connection: 'close' })
      response.end(big.bytes)
    })
    expect(await contentsOf(await fetchApp(open(), big))).toEqual({ noise })
    expect(server.requests).toHaveLength(1)
  })

  test('are not resumed into another version of the file', async () => {
    server.content.set(
      PATH,
      inTurn(
        (_, response) => {
          response.setHeader('etag', '"old"')
          cutAfter(response, app.bytes, 100)
        },
        (request, response) => sendBytes(request, response, app.bytes),
      ),
    )
    expect(await contentsOf(await fetchApp(open()))).toEqual(FILES)
    expect(server.requests).toEqual([`GET ${PATH}`, `GET ${PATH} bytes=100-`, `GET ${PATH}`])
  })
})

stored('a package that is not what its index says, stored $where', ({ from }) => {
  beforeEach(() => {
    threadsFrom = from
  })

  const other = buildPackage({ name: 'app', files: { 'etc/other': 'other' } })
  const renamed = buildPackage({ name: 'evil' })
  const lying = buildPackage({ name: 'app', dataHash: 'ab'.repeat(32) })
  const rows = [
    { name: 'another control section', bytes: other.bytes, record: app.record, code: 'CONTROL_CHECKSUM' },
    {
      name: 'another data section',
      bytes: concatBytes([app.bytes, other.bytes]),
      record: app.record,
      code: 'DATA_HASH|PACKAGE_DAMAGED',
    },
    { name: 'a data hash that is wrong', bytes: lying.bytes, record: lying.record, code: 'DATA_HASH' },
    {
      name: 'another name',
      bytes: renamed.bytes,
      record: { ...app.record, checksum: renamed.record.checksum },
      code: 'PACKAGE_MISMATCH',
    },
    {
      name: 'no checksum in the index',
      bytes: app.bytes,
      record: { ...app.record, checksum: undefined },
      code: 'PACKAGE_NO_CHECKSUM',
    },
    { name: 'no data section', bytes: app.bytes.subarray(0, 300), record: app.record, code: 'PACKAGE_.*' },
    { name: 'an HTML page', bytes: Buffer.from('<html>'), record: app.record, code: 'PACKAGE_NOT_GZIP' },
    { name: 'an empty file', bytes: new Uint8Array(0), record: app.record, code: 'PACKAGE_EMPTY' },
  ]
  test.each(rows)('$name: $code', async ({ bytes, record, code }) => {
    const directory = join(temporary.path, 'os/x86_64')
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'app-1.0-r0.apk'), bytes)
    const failure = await fetchApp(open(), { bytes, record }, temporary.path).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: expect.stringMatching(new RegExp(`^(${code})$`)) })
    expect((failure as Error).message).toContain('app-1.0-r0.apk')
    expect(waiting.pauses).toEqual([])
  })

  test('is not retried', async () => {
    server.content.set(PATH, other.bytes)
    await expect(fetchApp(open())).rejects.toMatchObject({ code: 'CONTROL_CHECKSUM' })
    expect(server.requests).toHaveLength(1)
    expect(await leftovers()).toEqual([])
  })

  test('that is missing is an error with its path and what to do', async () => {
    await expect(fetchApp(open(), app, '/nowhere')).rejects.toMatchObject({
      code: 'PACKAGE_UNREADABLE',
      hint: expect.stringContaining('rebuild the index'),
    })
  })

  test.each([
    ['control', { control: 100 }],
    ['data', { data: 1000 }],
    ['response', { httpResponse: 200 }],
  ])('larger than the %s limit is refused', async (_, limits) => {
    await expect(fetchApp(open({ limits }))).rejects.toThrow(/limit is \d+ bytes/)
    expect(await leftovers()).toEqual([])
  })
})

stored('closing, stored $where', ({ from }) => {
  beforeEach(() => {
    threadsFrom = from
  })

  test('ends what is under way and removes the temporary directory', async () => {
    server.content.set(PATH, (_, response) => {
      response.writeHead(200, { 'content-length': app.bytes.length })
      response.write(app.bytes.subarray(0, 50))
    })
    const client = open({ cacheDir: undefined })
    const pending = fetchApp(client).catch((error: unknown) => error)
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await client.close()
    expect(await pending).toBeInstanceOf(Error)
  })

  test('an abort signal ends a download', async () => {
    const controller = new AbortController()
    server.content.set(PATH, (_, response) => {
      response.writeHead(200, { 'content-length': app.bytes.length })
      response.write(app.bytes.subarray(0, 50), () => controller.abort(new Error('interrupted')))
    })
    await expect(fetchApp(open({ signal: controller.signal }))).rejects.toThrow()
    expect(await leftovers()).toEqual([])
  })
})
