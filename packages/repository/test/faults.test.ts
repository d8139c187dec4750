import { createHash } from 'node:crypto'
import { chmod, readdir, readFile, realpath, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readContentFully } from '@apkts/archive'
import { openTemporaryDirectory, type TemporaryDirectory } from '@apkts/cache'
import { base64, utf8, utf8Decode } from '@apkts/encoding'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  checkUnchanged,
  type ExpandedPackage,
  openRepositories,
  type RepositoryClient,
  type RepositoryOptions,
} from '../src/index.ts'
import { type RecordedLog, recordedLog, recordedWaiting } from './support/environment.ts'
import { type BuiltPackage, buildIndex, buildPackage, createKey, type TestKey } from './support/packages.ts'
import { cutAfter, type Handler, inTurn, respond, sendBytes, startServer, type TestServer } from './support/server.ts'

/*
 * What servers, networks and disks do wrong. Each time the outcome is either what the user asked for or one error that
 * says what is wrong; and afterwards, with the fault gone, everything works and the cache has nothing wrong in it.
 */

let signer: TestKey
let server: TestServer
let temporary: TemporaryDirectory
let log: RecordedLog
const clients: RepositoryClient[] = []

const INDEX = '/os/x86_64/APKINDEX.tar.gz'
const PACKAGE = '/os/x86_64/app-1.0-r0.apk'
const noise = Array.from({ length: 3000 }, (_, i) => createHash('sha256').update(`${i}`).digest('hex')).join('')
const app = buildPackage({ name: 'app', files: { 'usr/bin/app': noise } })
const rebuilt = buildPackage({ name: 'app', files: { 'usr/bin/app': `${noise}!` } })
const index = () => buildIndex([app], signer.key)

beforeAll(async () => {
  signer = await createKey()
})

beforeEach(async () => {
  server = await startServer()
  temporary = await openTemporaryDirectory('faults-test-')
  log = recordedLog()
  good()
})

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
  await server.close()
  await temporary.close()
})

function good(): void {
  server.content.set(INDEX, index())
  server.content.set(PACKAGE, app.bytes)
}

const cacheDir = () => join(temporary.path, 'cache')

function open(options: Partial<RepositoryOptions> = {}): RepositoryClient {
  const client = openRepositories({
    keys: signer.keys,
    cacheDir: cacheDir(),
    log,
    waiting: recordedWaiting(),
    ...options,
  })
  clients.push(client)
  return client
}

/** What a build does: index, then package, then the contents; the text of the one file. */
async function use(client: RepositoryClient, built: BuiltPackage = app, url = server.url): Promise<string> {
  const [loaded] = await client.loadIndexes([`${url}/os`], 'x86_64')
  expect(loaded?.records.map(({ name }) => name)).toEqual(['app'])
  return textOf(await client.fetchPackage({ record: built.record, location: `${url}/os`, arch: 'x86_64' }))
}

async function textOf(fetched: ExpandedPackage): Promise<string> {
  const { content } = fetched.entries.find(({ header }) => header.type === 'file')!
  return utf8Decode(await readContentFully(content, 1 << 22))
}

const send =
  (bytes: () => Uint8Array): Handler =>
  (request, response) =>
    sendBytes(request, response, bytes())
const status =
  (code: number): Handler =>
  (_, response) =>
    respond(response, code)
const whole = send(() => app.bytes)

function flipped(bytes: Uint8Array, position: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[position]! ^= 0xff
  return copy
}

/** Announces everything and then sends a byte now and then. */
const slowly: Handler = (request, response) => {
  let at = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  response.writeHead(at === 0 ? 200 : 206, { 'content-length': app.bytes.length - at })
  const timer = setInterval(() => response.write(app.bytes.subarray(at, ++at)), 10)
  response.once('close', () => clearInterval(timer))
}

interface Fault {
  readonly name: string
  readonly path: string
  readonly serve: () => Handler
  /** Absent when all goes well in the end. */
  readonly error?: RegExp
  readonly options?: Partial<RepositoryOptions>
}

const faults: Fault[] = [
  {
    name: 'index: no such architecture',
    path: INDEX,
    serve: () => status(404),
    error: /status code 404 for GET http.*x86_64/,
  },
  { name: 'index: 500, then 200', path: INDEX, serve: () => inTurn(status(500), send(index)) },
  { name: 'index: 500 for ever', path: INDEX, serve: () => status(500), error: /APKINDEX.*giving up after 5/ },
  {
    name: 'index: reset in mid-body',
    path: INDEX,
    serve: () => inTurn((_, response) => cutAfter(response, index(), 100), send(index)),
  },
  {
    name: 'index: truncated',
    path: INDEX,
    serve: () => send(() => index().subarray(0, -20)),
    error: /APKINDEX\.tar\.gz/,
  },
  {
    name: 'index: a page with status 200',
    path: INDEX,
    serve: () => send(() => utf8('<html>log in first</html>')),
    error: /APKINDEX\.tar\.gz/,
  },
  {
    name: 'index: one wrong byte',
    path: INDEX,
    serve: () => send(() => flipped(index(), index().length - 60)),
    error: /APKINDEX\.tar\.gz/,
  },
  { name: 'package: 404', path: PACKAGE, serve: () => status(404), error: /404 for GET http.*app-1\.0-r0\.apk/ },
  { name: 'package: 503, then 200', path: PACKAGE, serve: () => inTurn(status(503), whole) },
  {
    name: 'package: reset in mid-body',
    path: PACKAGE,
    serve: () => inTurn((_, response) => cutAfter(response, app.bytes, 5000), whole),
  },
  {
    name: 'package: reset in mid-body, for ever',
    path: PACKAGE,
    serve: () => (_, response) => cutAfter(response, app.bytes, 5000),
    error: /app-1\.0-r0\.apk: failed after 3 attempts/,
  },
  {
    name: 'package: truncated on the server',
    path: PACKAGE,
    serve: () => send(() => app.bytes.subarray(0, -1000)),
    error: /app-1\.0-r0\.apk: failed after 3 attempts/,
  },
  {
    name: 'package: wrong bytes of the right length in its data',
    path: PACKAGE,
    serve: () => send(() => flipped(app.bytes, app.bytes.length - 5000)),
    error: /app-1\.0-r0\.apk/,
  },
  {
    name: 'package: wrong bytes of the right length in its control section',
    path: PACKAGE,
    serve: () => send(() => flipped(app.bytes, 60)),
    error: /app-1\.0-r0\.apk/,
  },
  {
    name: 'package: a body that drips',
    path: PACKAGE,
    serve: () => slowly,
    error: /app-1\.0-r0\.apk: failed after 3 attempts: .*no data/,
    options: { timeouts: { body: 60 } },
  },
  {
    name: 'package: redirected in a circle',
    path: PACKAGE,
    serve: () => (_, response) => {
      response.setHeader('location', PACKAGE)
      respond(response, 302)
    },
    error: /app-1\.0-r0\.apk: more than 10 redirects/,
  },
  {
    name: 'package: older than the index',
    path: PACKAGE,
    serve: () => send(() => rebuilt.bytes),
    error: /app-1\.0-r0\.apk/,
  },
]

describe('servers', () => {
  test.each(faults)('$name', async ({ path, serve, error, options }) => {
    server.content.set(path, serve())
    const outcome = await use(open(options)).catch((failure: unknown) => failure)
    if (error === undefined) expect(outcome).toBe(noise)
    else expect(outcome).toMatchObject({ code: expect.any(String), message: expect.stringMatching(error) })
    good()
    expect(await use(open())).toBe(noise)
    expect(await use(open({ offline: true }))).toBe(noise)
    expect(await leftovers()).toEqual([])
  })

  test('a page in the place of the index does not take the place of the good one offline', async () => {
    await use(open())
    server.content.set(INDEX, (request, response) => {
      response.setHeader('etag', '"page"')
      respond(response, 200, request.method === 'HEAD' ? new Uint8Array(0) : utf8('<html>'))
    })
    await expect(use(open())).rejects.toThrow(/APKINDEX/)
    expect(await use(open({ offline: true }))).toBe(noise)
  })

  test('a stale ETag: the cached index is used, and what it names and is gone is one error', async () => {
    await use(open())
    const old = server.content.get(INDEX) as Uint8Array
    await rm(join(cacheDir(), encodeURIComponent(`${server.url}/os`), 'x86_64/app-1.0-r0'), { recursive: true })
    server.content.set(INDEX, (request, response) => {
      response.setHeader('etag', `"${old.length}-${old.at(-5)}"`)
      respond(response, 200, request.method === 'HEAD' ? new Uint8Array(0) : buildIndex([rebuilt], signer.key))
    })
    server.content.set(PACKAGE, rebuilt.bytes)
    await expect(use(open())).rejects.toMatchObject({
      code: 'CONTROL_CHECKSUM',
      message: expect.stringContaining('app-1.0-r0.apk'),
    })
    good()
    expect(await use(open())).toBe(noise)
  })

  const basic = `Basic ${base64(utf8('me:s3cret'))}`
  const guarded =
    (bytes: () => Uint8Array): Handler =>
    (request, response) =>
      request.headers.authorization === basic ? sendBytes(request, response, bytes()) : respond(response, 401)

  test.each([
    ['the right password', 's3cret', undefined],
    ['a wrong password', 'wr0ng', /status code 401/],
    ['none', undefined, /status code 401/],
  ])('basic auth with %s', async (_, password, error) => {
    server.content.set(INDEX, guarded(index))
    server.content.set(
      PACKAGE,
      guarded(() => app.bytes),
    )
    const env = password === undefined ? {} : { HTTP_AUTH: `basic:${server.host}:me:${password}` }
    const outcome = await use(open({ env })).catch((failure: unknown) => failure)
    if (error === undefined) expect(outcome).toBe(noise)
    else
      expect(outcome).toMatchObject({
        message: expect.stringMatching(error),
        hint: expect.stringContaining('HTTP_AUTH'),
      })
    expect(`${(outcome as Error).message}${log.warnings.join()}`).not.toContain('wr0ng')
  })

  test('no more packages are asked for at once than allowed', async () => {
    let running = 0
    let most = 0
    const several = Array.from({ length: 12 }, (_, i) => buildPackage({ name: `p${i}` }))
    for (const { record, bytes } of several) {
      server.content.set(`/os/x86_64/${record.name}-1.0-r0.apk`, (_, response) => {
        most = Math.max(most, ++running)
        response.once('close', () => running--)
        setTimeout(() => respond(response, 200, bytes), 20)
      })
    }
    const client = open({ parallel: 3 })
    const location = `${server.url}/os`
    await Promise.all(several.map(({ record }) => client.fetchPackage({ record, location, arch: 'x86_64' })))
    expect(most).toBe(3)
  })
})

describe('caches', () => {
  const dataFiles = async () => {
    const names = await readdir(cacheDir(), { recursive: true })
    return names.filter((name) => name.endsWith('.dat.tar')).map((name) => join(cacheDir(), name))
  }

  // Root is stopped by no mode; end-to-end tests have a file system that is mounted read-only.
  test.skipIf(process.getuid?.() === 0)('that can only be read are read, and everything else is fetched', async () => {
    await use(open())
    const before = server.requests.length
    const readOnly = async (options: Partial<RepositoryOptions>) =>
      withoutWriting(cacheDir(), async () => use(open(options)))
    expect(await readOnly({ offline: true })).toBe(noise)
    expect(await readOnly({})).toBe(noise)
    expect(server.requests.slice(before)).toEqual([`HEAD ${INDEX}`])
    expect(log.warnings.join()).toContain('it is only read')
    for (const file of await dataFiles()) await truncate(await realpath(file), 600)
    expect(await readOnly({})).toBe(noise)
    expect(server.requests.slice(before)).toEqual([`HEAD ${INDEX}`, `HEAD ${INDEX}`, `GET ${PACKAGE}`])
  })

  const changes: { name: string; change: (file: string) => Promise<void>; error: RegExp | undefined }[] = [
    { name: 'nothing', change: async () => {}, error: undefined },
    {
      name: 'a flipped byte',
      change: async (file) => writeFile(file, flipped(await readFile(file), 1000)),
      error: /CACHE_CHANGED/,
    },
    {
      name: 'a flipped byte and the old time',
      change: async (file) => {
        await writeFile(file, flipped(await readFile(file), 1000))
        await utimes(file, new Date(1000), new Date(1000))
      },
      error: /CACHE_CHANGED/,
    },
    { name: 'a cut', change: async (file) => truncate(file, 600), error: /CONTENT_TRUNCATED/ },
    { name: 'removal', change: async (file) => rm(file), error: /ENOENT/ },
  ]
  test.each(changes)('$name while packages are in use', async ({ change, error }) => {
    const client = open()
    const fetched = await client.fetchPackage({ record: app.record, location: `${server.url}/os`, arch: 'x86_64' })
    for (const file of await dataFiles()) await change(await realpath(file))
    const outcome = await textOf(fetched)
      .then(async (text) => {
        checkUnchanged([fetched])
        return text
      })
      .catch((failure: unknown) => `${(failure as { code: string }).code}`)
    if (error === undefined) expect(outcome).toBe(noise)
    else expect(outcome).toMatch(error)
    expect(await use(open())).toBe(noise)
    expect(await use(open({ offline: true }))).toBe(noise)
  })

  test('another process that puts the same package there is no change', async () => {
    const client = open()
    const fetched = await client.fetchPackage({ record: app.record, location: `${server.url}/os`, arch: 'x86_64' })
    const directory = join(cacheDir(), encodeURIComponent(`${server.url}/os`), 'x86_64/app-1.0-r0')
    for (const name of await readdir(directory)) {
      if (name.endsWith('.ctl.tar.gz')) await rm(join(directory, name))
    }
    await use(open())
    checkUnchanged([fetched])
    expect(await textOf(fetched)).toBe(noise)
  })

  test('many clients on one cold cache all get what they want', async () => {
    const several = Array.from({ length: 5 }, () => open())
    expect(await Promise.all(several.map((client) => use(client)))).toEqual(Array.from({ length: 5 }, () => noise))
    expect(await use(open({ offline: true }))).toBe(noise)
    expect(await leftovers()).toEqual([])
  })
})

/** Files of unfinished work in the cache. */
async function leftovers(): Promise<string[]> {
  const names = await readdir(cacheDir(), { recursive: true })
  return names.filter((name) => /(^|\/)(\.tmp-|\.link-)|\.incomplete\//.test(name))
}

/** Runs work while a directory cannot be written to. */
async function withoutWriting<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
  const directories = [directory, ...below]
  for (const name of directories) await chmod(name, 0o555)
  try {
    return await work()
  } finally {
    for (const name of directories) await chmod(name, 0o755)
  }
}
