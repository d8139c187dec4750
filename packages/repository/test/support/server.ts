import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers one request; returns false to let the next handler try. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface TestServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly host: string
  /** `METHOD path`, and ` range` if one was asked for, in order. */
  readonly requests: string[]
  /** Authorization headers in order. */
  readonly credentials: (string | undefined)[]
  /** Content by path; a function answers itself. */
  readonly content: Map<string, Uint8Array | Handler>
  close(): Promise<void>
}

export interface ServerOptions {
  /** Sends an ETag with everything; default true. */
  readonly etags?: boolean
}

/** An HTTP server on loopback for the time of a test. Knows HEAD, GET and Range; no conditional requests. */
export async function startServer({ etags = true }: ServerOptions = {}): Promise<TestServer> {
  const requests: string[] = []
  const credentials: (string | undefined)[] = []
  const content = new Map<string, Uint8Array | Handler>()
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    requests.push([method, url, headers.range].filter((part) => part !== undefined).join(' '))
    credentials.push(headers.authorization)
    const found = content.get(url)
    if (typeof found === 'function') found(request, response)
    else if (found === undefined) respond(response, 404, new Uint8Array(0))
    else sendBytes(request, response, found, etags)
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    credentials,
    content,
    close: () => stop(server),
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

export function sendBytes(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array, etags = true): void {
  if (etags) response.setHeader('etag', `"${bytes.length}-${bytes.at(-5)}"`)
  const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]
  if (start === undefined) respond(response, 200, bytes)
  else {
    response.setHeader('content-range', `bytes ${start}-${bytes.length - 1}/${bytes.length}`)
    respond(response, 206, bytes.subarray(Number(start)))
  }
}

export function respond(response: ServerResponse, status: number, bytes: Uint8Array = new Uint8Array(0)): void {
  response.writeHead(status, { 'content-length': bytes.length })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}

/** Announces all bytes but breaks the connection after some. */
export function cutAfter(response: ServerResponse, bytes: Uint8Array, length: number): void {
  response.writeHead(200, { 'content-length': bytes.length })
  response.write(bytes.subarray(0, length), () => setTimeout(() => response.destroy(), 5))
}

/** Answers with each handler in turn; the last one stays. */
export function inTurn(...handlers: readonly Handler[]): Handler {
  let next = 0
  return (request, response) => handlers[Math.min(next++, handlers.length - 1)]!(request, response)
}
