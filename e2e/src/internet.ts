import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { createSecureContext, TLSSocket } from 'node:tls'
import { createTestCa } from './test-ca.ts'

/** Answers of one host: path → body, or undefined for 404. */
export type Site = (path: string) => Uint8Array | string | undefined

export interface LoopbackInternet {
  /** Variables that make a command reach the sites through the loopback proxy, and nothing else. */
  readonly env: Readonly<Record<string, string>>
  /** `METHOD https://host/path` of everything asked for, in order. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/**
 * Plays https sites on loopback: a proxy that ends TLS itself with certificates of a test authority. So a command runs
 * with the very URLs of its documentation, and no packet leaves the machine.
 */
export async function startInternet(
  sites: Readonly<Record<string, Site>>,
  directory: string,
): Promise<LoopbackInternet> {
  const ca = createTestCa()
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const origin = createServer((request, response) => answer(sites, requests, request, response))
  const proxy = createServer((request, response) => answer(sites, requests, request, response))
  proxy.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    const host = (request.url ?? '').split(':')[0] ?? ''
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    const tls = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(ca.identityFor(host)) })
    tls.on('error', () => socket.destroy())
    origin.emit('connection', tls)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const bundle = join(directory, 'test-ca.pem')
  await writeFile(bundle, ca.cert)
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return {
    env: { HTTPS_PROXY: url, HTTP_PROXY: url, https_proxy: url, http_proxy: url, NODE_EXTRA_CA_CERTS: bundle },
    requests,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

function answer(
  sites: Readonly<Record<string, Site>>,
  requests: string[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const host = request.headers.host ?? ''
  const path = (request.url ?? '/').replace(/^http:\/\/[^/]+/, '')
  requests.push(`${request.method} https://${host}${path}`)
  const body = sites[host]?.(path)
  if (body === undefined) {
    response.writeHead(404).end()
    return
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  response.writeHead(200, { 'content-length': bytes.length, etag: `"${bytes.length}"` })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}
