import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openTemporaryDirectory, type TemporaryDirectory } from '@apkts/cache'
import { base64, utf8 } from '@apkts/encoding'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRepositories, type RepositoryClient, type RepositoryOptions } from '../src/index.ts'
import { type RecordedLog, recordedLog, recordedWaiting } from './support/environment.ts'
import { inTurn, respond, sendBytes, startServer, type TestServer } from './support/server.ts'

let server: TestServer
let other: TestServer
let temporary: TemporaryDirectory
let log: RecordedLog
let waiting: ReturnType<typeof recordedWaiting>
const clients: RepositoryClient[] = []
const hello = utf8('hello')

beforeEach(async () => {
  server = await startServer()
  other = await startServer()
  temporary = await openTemporaryDirectory('http-test-')
  log = recordedLog()
  waiting = recordedWaiting()
  server.content.set('/file', hello)
})

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
  await Promise.all([server.close(), other.close()])
  await temporary.close()
})

function open(options: Partial<RepositoryOptions> = {}): RepositoryClient {
  const client = openRepositories({
    keys: new Map(),
    cacheDir: join(temporary.path, 'cache'),
    log,
    waiting,
    ...options,
  })
  clients.push(client)
  return client
}

const basic = (user: string, password: string) => `Basic ${base64(utf8(`${user}:${password}`))}`
const withUser = (url: string) => url.replace('http://', 'http://us:pa%40ss@')

describe('retries', () => {
  const status =
    (code: number, headers: Record<string, string> = {}) =>
    (_: unknown, response: Parameters<typeof respond>[0]) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      respond(response, code)
    }
  const ok = (request: Parameters<typeof sendBytes>[0], response: Parameters<typeof respond>[0]) =>
    sendBytes(request, response, hello)

  test.each([
    { name: '503 twice', answers: [status(503), status(503), ok], requests: 3, pauses: [1000, 2000] },
    {
      name: '500 four times',
      answers: [status(500), status(500), status(500), status(500), ok],
      requests: 5,
      pauses: [1000, 2000, 4000, 8000],
    },
    { name: '429 with Retry-After', answers: [status(429, { 'retry-after': '7' }), ok], requests: 2, pauses: [7000] },
    {
      name: '503 with a Retry-After date',
      answers: [status(503, { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }), ok],
      requests: 2,
      pauses: [5000],
    },
    {
      name: 'a very long Retry-After',
      answers: [status(503, { 'retry-after': '86400' }), ok],
      requests: 2,
      pauses: [60_000],
    },
    {
      name: 'a broken connection',
      answers: [(_: unknown, response: Parameters<typeof respond>[0]) => response.destroy(), ok],
      requests: 2,
      pauses: [1000],
    },
  ])('$name', async ({ answers, requests, pauses }) => {
    server.content.set('/file', inTurn(...answers))
    expect(await open().fetchBytes(`${server.url}/file`)).toEqual(hello)
    expect(server.requests).toHaveLength(requests)
    expect(waiting.pauses).toEqual(pauses)
  })

  test.each([1, 2])('end after %i when the request wants no more', async (attempts) => {
    server.content.set('/file', status(503))
    await expect(open().fetchBytes(`${server.url}/file`, { attempts })).rejects.toThrow(
      `giving up after ${attempts} attempt(s)`,
    )
  })

  test('end after five attempts', async () => {
    server.content.set('/file', status(503))
    await expect(open().fetchBytes(`${server.url}/file`)).rejects.toThrow('giving up after 5 attempt(s): status 503')
    expect(server.requests).toHaveLength(5)
    expect(log.warnings).toHaveLength(4)
  })

  test.each([404, 403, 501])('status %i is not retried', async (code) => {
    server.content.set('/file', status(code))
    await expect(open().fetchBytes(`${server.url}/file`)).rejects.toMatchObject({ status: code, code: 'HTTP_STATUS' })
    expect(server.requests).toHaveLength(1)
    expect(await open().fetchFile(`${server.url}/file`)).toMatchObject({ status: code })
  })

  test('stop when the signal aborts', async () => {
    const controller = new AbortController()
    server.content.set('/file', (_, response) => {
      controller.abort(new Error('interrupted'))
      respond(response, 503)
    })
    await expect(open({ signal: controller.signal }).fetchBytes(`${server.url}/file`)).rejects.toThrow()
    expect(server.requests).toHaveLength(1)
  })
})

describe('timeouts', () => {
  test('a server that never answers is given up', async () => {
    server.content.set('/file', () => {})
    await expect(open({ timeouts: { headers: 50 } }).fetchBytes(`${server.url}/file`)).rejects.toThrow(/giving up/)
  })

  test('a body that stands still is given up', async () => {
    server.content.set('/file', (_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('x')
    })
    await expect(open({ timeouts: { body: 50 } }).fetchBytes(`${server.url}/file`)).rejects.toMatchObject({
      code: 'HTTP_TRUNCATED',
    })
  })
})

describe('limits', () => {
  test('a larger response is refused', async () => {
    await expect(open({ limits: { httpResponse: 4 } }).fetchBytes(`${server.url}/file`)).rejects.toThrow(
      'size limit exceeded, limit is 4 bytes',
    )
  })

  test.each([5, -1, 0])('%i lets five bytes pass', async (httpResponse) => {
    expect(await open({ limits: { httpResponse } }).fetchBytes(`${server.url}/file`)).toEqual(hello)
  })
})

describe('redirects', () => {
  const redirectTo = (location: string) => (_: unknown, response: Parameters<typeof respond>[0]) => {
    response.setHeader('location', location)
    respond(response, 302)
  }

  test('are followed; credentials go to the same host only', async () => {
    server.content.set('/start', redirectTo('/next'))
    server.content.set('/next', redirectTo(`${other.url}/file`))
    other.content.set('/file', hello)
    expect(await open().fetchBytes(withUser(`${server.url}/start`))).toEqual(hello)
    expect(server.credentials).toEqual([basic('us', 'pa@ss'), basic('us', 'pa@ss')])
    expect(other.credentials).toEqual([undefined])
  })

  test('in a circle end', async () => {
    server.content.set('/circle', redirectTo('/circle'))
    await expect(open().fetchBytes(`${server.url}/circle`)).rejects.toThrow('more than 10 redirects')
    expect(server.requests).toHaveLength(11)
  })

  test('to something else than HTTP are refused', async () => {
    server.content.set('/start', redirectTo('file:///etc/passwd'))
    await expect(open().fetchBytes(`${server.url}/start`)).rejects.toThrow('which is not HTTP')
  })
})

describe('credentials', () => {
  test.each([
    {
      name: 'HTTP_AUTH with colons in the password',
      env: (host: string) => ({ HTTP_AUTH: `basic:${host}:me:se:cr:et` }),
      sent: basic('me', 'se:cr:et'),
    },
    {
      name: 'HTTP_AUTH with a port',
      env: (host: string) => ({ HTTP_AUTH: `basic:${host}:me:secret` }),
      sent: basic('me', 'secret'),
    },
    { name: 'HTTP_AUTH for another host', env: () => ({ HTTP_AUTH: 'basic:other.test:me:secret' }), sent: undefined },
    { name: 'HTTP_AUTH without the port', env: () => ({ HTTP_AUTH: 'basic:127.0.0.1:me:secret' }), sent: undefined },
    { name: 'none', env: () => ({}), sent: undefined },
  ])('$name', async ({ env, sent }) => {
    await open({ env: env(server.host) }).fetchBytes(`${server.url}/file`)
    expect(server.credentials).toEqual([sent])
  })

  test('HTTP_AUTH wins over user info, which wins over netrc', async () => {
    const netrc = join(temporary.path, 'netrc')
    await writeFile(
      netrc,
      '# c\nmacdef init\nlogin x\n\nmachine 127.0.0.1\n  login ned\n  password n3t\ndefault login d password d\n',
    )
    await open({ env: { NETRC: netrc, HTTP_AUTH: `basic:${server.host}:me:secret` } }).fetchBytes(
      withUser(`${server.url}/file`),
    )
    await open({ env: { NETRC: netrc } }).fetchBytes(withUser(`${server.url}/file`))
    await open({ env: { NETRC: netrc } }).fetchBytes(`${server.url}/file`)
    expect(server.credentials).toEqual([basic('me', 'secret'), basic('us', 'pa@ss'), basic('ned', 'n3t')])
  })

  test('are not sent when the request wants none', async () => {
    await open().fetchBytes(withUser(`${server.url}/file`), { authenticate: false })
    expect(server.credentials).toEqual([undefined])
  })

  test('a malformed HTTP_AUTH is reported', async () => {
    await open({ env: { HTTP_AUTH: 'bearer:x' } }).fetchBytes(`${server.url}/file`)
    expect(log.warnings.join()).toContain('HTTP_AUTH is ignored')
  })

  test('never appear in messages', async () => {
    const failure = await open()
      .fetchBytes(withUser(`${server.url}/nope`))
      .catch((error: unknown) => error as Error)
    const offline = await open({ offline: true })
      .fetchBytes(withUser(`${server.url}/nope`))
      .catch((error: unknown) => error as Error)
    for (const { message } of [failure, offline] as Error[]) {
      expect(message).toContain('127.0.0.1')
      expect(message).not.toMatch(/pa.{0,3}ss/)
    }
  })
})

describe('proxies', () => {
  test('HTTP_PROXY is used, except for NO_PROXY hosts', async () => {
    other.content.set('http://repo.test/file', hello)
    const env = { HTTP_PROXY: other.url, NO_PROXY: '127.0.0.1' }
    expect(await open({ env }).fetchBytes('http://repo.test/file')).toEqual(hello)
    expect(other.requests).toEqual(['GET http://repo.test/file'])
    expect(await open({ env }).fetchBytes(`${server.url}/file`)).toEqual(hello)
  })
})

describe('small files', () => {
  test('a page in the place of a key is not kept', async () => {
    server.content.set('/keys/k.rsa.pub', utf8('<html>'))
    await open().fetchBytes(`${server.url}/keys/k.rsa.pub`)
    await expect(open({ offline: true }).fetchBytes(`${server.url}/keys/k.rsa.pub`)).rejects.toMatchObject({
      code: 'OFFLINE',
    })
  })

  test('keys are kept by ETag and readable offline', async () => {
    const key = utf8('-----BEGIN PUBLIC KEY-----')
    server.content.set('/keys/k.rsa.pub', key)
    await open().fetchBytes(`${server.url}/keys/k.rsa.pub`)
    await open().fetchBytes(`${server.url}/keys/k.rsa.pub`)
    expect(server.requests).toEqual(['GET /keys/k.rsa.pub', 'HEAD /keys/k.rsa.pub'])
    expect(await open({ offline: true }).fetchBytes(`${server.url}/keys/k.rsa.pub`)).toEqual(Buffer.from(key))
  })

  test('a key that was changed on disk is fetched again, and not used offline', async () => {
    const key = utf8('-----BEGIN PUBLIC KEY-----')
    server.content.set('/keys/k.rsa.pub', key)
    await open().fetchBytes(`${server.url}/keys/k.rsa.pub`)
    const names = await readdir(join(temporary.path, 'cache'), { recursive: true })
    const file = join(temporary.path, 'cache', names.find((name) => name.endsWith('.etag'))!)
    await writeFile(file, '-----BEGIN PUBLIC XEY-----')
    await expect(open({ offline: true }).fetchBytes(`${server.url}/keys/k.rsa.pub`)).rejects.toThrow('offline cache')
    expect(await open().fetchBytes(`${server.url}/keys/k.rsa.pub`)).toEqual(key)
    expect(await readFile(file)).toEqual(Buffer.from(key))
  })

  test('discovery documents are asked for by every client, and the last answer is kept for offline use', async () => {
    server.content.set('/os/apk-configuration', hello)
    const client = open()
    await client.fetchBytes(`${server.url}/os/apk-configuration`)
    await client.fetchBytes(`${server.url}/os/apk-configuration`)
    await open().fetchBytes(`${server.url}/os/apk-configuration`)
    expect(server.requests).toEqual(['GET /os/apk-configuration', 'GET /os/apk-configuration'])
    expect(await open({ offline: true }).fetchBytes(`${server.url}/os/apk-configuration`)).toEqual(Buffer.from(hello))
  })

  test('local paths are read', async () => {
    await writeFile(join(temporary.path, 'k.pub'), 'key')
    expect(await open().fetchBytes(join(temporary.path, 'k.pub'))).toEqual(Buffer.from('key'))
    await expect(open().fetchBytes(join(temporary.path, 'no.pub'))).rejects.toThrow(/cannot read .*no\.pub/)
  })
})
