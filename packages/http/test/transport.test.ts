import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestCa } from '../../../e2e/src/test-ca.ts'
import {
  codeOf,
  type HttpEnvironment,
  isCertificateFailure,
  openTransport,
  readText,
  type Transport,
} from '../src/index.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let directory: string
let close: (() => Promise<unknown>)[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'transport-'))
  close = []
})
afterEach(async () => {
  for (const end of close) await end()
  await rm(directory, { recursive: true, force: true })
})

async function serve(handler: Handler, tls?: { readonly key: string; readonly cert: string }): Promise<URL> {
  const server = tls === undefined ? createHttpServer(handler) : createHttpsServer(tls, handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return new URL(tls === undefined ? `http://127.0.0.1:${port}/` : `https://localhost:${port}/`)
}

function open(env: HttpEnvironment = {}, timeouts: { headersTimeout?: number } = {}): Transport {
  const transport = openTransport({ env, ...timeouts })
  close.unshift(() => transport.close())
  return transport
}

const echo: Handler = async (request, response) => {
  let size = 0
  for await (const chunk of request) size += (chunk as Buffer).length
  response.end(`${request.method} ${size}`)
}

describe('authorities', () => {
  const ca = createTestCa()

  test.each(['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])('of %s are trusted beside the others', async (variable) => {
    const file = join(directory, 'ca.pem')
    await writeFile(file, ca.cert)
    const url = await serve(echo, ca.identityFor('localhost'))
    const response = await open({ [variable]: file }).exchange({ method: 'PUT', url, headers: {}, body: 'four' })
    expect(await readText(response, 100)).toBe('PUT 4')
  })

  test('that nobody named are not', async () => {
    const url = await serve(echo, ca.identityFor('localhost'))
    const failure = await open()
      .exchange({ method: 'GET', url, headers: {} })
      .catch((error: unknown) => error)
    expect(isCertificateFailure(failure)).toBe(true)
  })

  test('do not help against a certificate for another name', async () => {
    const file = join(directory, 'ca.pem')
    await writeFile(file, ca.cert)
    const url = await serve(echo, ca.identityFor('elsewhere.example'))
    const transport = open({ SSL_CERT_FILE: file })
    const failure = await transport.exchange({ method: 'GET', url, headers: {} }).catch((error: unknown) => error)
    expect(isCertificateFailure(failure)).toBe(true)
  })

  test('in a file that cannot be read are an error naming it', async () => {
    const url = await serve(echo, ca.identityFor('localhost'))
    const file = join(directory, 'missing.pem')
    await expect(open({ SSL_CERT_FILE: file }).exchange({ method: 'GET', url, headers: {} })).rejects.toMatchObject({
      code: 'AUTHORITIES_UNREADABLE',
      at: { file },
    })
  })
})

describe.each([
  { over: 'HTTP', withTls: false },
  { over: 'TLS', withTls: true },
])('a server that hangs up over $over', ({ withTls }) => {
  test.each([
    ['when it is asked', 0, undefined],
    ['in the middle of a body', 100_000, undefined],
    ['after half an answer', 0, 'half'],
  ])('%s is a failure with a code, and the next request works', async (_, after, answer) => {
    const ca = createTestCa()
    const file = join(directory, 'ca.pem')
    await writeFile(file, ca.cert)
    let isFirst = true
    const url = await serve(
      async (request, response) => {
        if (!isFirst) return echo(request, response)
        isFirst = false
        let size = 0
        for await (const chunk of request.on('error', () => {})) {
          size += (chunk as Buffer).length
          if (size >= after) break
        }
        if (answer !== undefined) response.writeHead(200, { 'content-length': 100 }).write(answer)
        setTimeout(() => response.socket?.destroy(), 10)
      },
      withTls ? ca.identityFor('localhost') : undefined,
    )
    const transport = open({ SSL_CERT_FILE: file })
    const body = () => Readable.from([Buffer.alloc(1 << 20)])
    const headers = { 'content-length': String(1 << 20) }
    const exchange = async () => readText(await transport.exchange({ method: 'PATCH', url, headers, body }), 100)
    const failure = await exchange().catch((error: unknown) => error)
    expect(codeOf(failure)).toMatch(/^(ECONNRESET|EPIPE)$/)
    expect(await exchange()).toBe('PATCH 1048576')
  })
})

describe('bodies', () => {
  const million = () => Readable.from([Buffer.alloc(1 << 19), Buffer.alloc(1 << 19)])

  test.each([
    ['bytes', new Uint8Array(5), 'POST 5'],
    ['text', 'äö', 'POST 4'],
    ['nothing', undefined, 'POST 0'],
    ['a stream', million, 'POST 1048576'],
  ])('of %s arrive', async (_, body, answer) => {
    const url = await serve(echo)
    const response = await open().exchange({ method: 'POST', url, headers: {}, body })
    expect(await readText(response, 100)).toBe(answer)
  })

  test('whose source fails are its failure', async () => {
    const url = await serve(echo)
    async function* broken() {
      yield Buffer.alloc(1000)
      throw new RangeError('the source is gone')
    }
    const exchange = open().exchange({ method: 'PUT', url, headers: {}, body: () => Readable.from(broken()) })
    await expect(exchange).rejects.toThrow('the source is gone')
  })

  test('that nobody wants to the end are not sent to the end', async () => {
    const url = await serve((_, response) => response.writeHead(413).end('too large'))
    let sent = 0
    async function* endless() {
      for (; sent < 1000; sent++) yield Buffer.alloc(1 << 20)
    }
    const headers = { 'content-length': String(1000 * (1 << 20)) }
    const body = () => Readable.from(endless())
    const response = await open().exchange({ method: 'PATCH', url, headers, body })
    expect(response.status).toBe(413)
    expect(await readText(response, 100)).toBe('too large')
    expect(sent).toBeLessThan(1000)
  })

  test('of answers are kept to a limit', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(1 << 20)))
    expect(await readText(await open().exchange({ method: 'GET', url, headers: {} }), 10)).toBe('x'.repeat(10))
  })
})

describe('patience', () => {
  test('ends when nothing gets away and no answer comes', async () => {
    const url = await serve(() => {})
    const exchange = open({}, { headersTimeout: 100 }).exchange({ method: 'GET', url, headers: {} })
    await expect(exchange).rejects.toThrow('no headers within 0.1 s')
  })

  test('lasts as long as a body gets away, however slowly', async () => {
    const url = await serve(echo)
    async function* slow() {
      for (let i = 0; i < 8; i++) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        yield Buffer.alloc(1000)
      }
    }
    const headers = { 'content-length': '8000' }
    const transport = open({}, { headersTimeout: 600 })
    const response = await transport.exchange({ method: 'PATCH', url, headers, body: () => Readable.from(slow()) })
    expect(await readText(response, 100)).toBe('PATCH 8000')
  })

  test('ends with the signal', async () => {
    const url = await serve(() => {})
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 10)
    const exchange = open().exchange({ method: 'GET', url, headers: {}, signal: controller.signal })
    await expect(exchange).rejects.toThrow(/abort/)
  })
})
