import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Agents } from './agents.ts'
import type { HttpEnvironment, HttpResponse } from './types.ts'

export interface TransportOptions {
  readonly env: HttpEnvironment
  /** Milliseconds until response headers must have come; default 30 s. */
  readonly headersTimeout?: number | undefined
  /** Milliseconds a body may stand still; default 60 s. */
  readonly bodyTimeout?: number | undefined
}

export interface Exchange {
  readonly method: 'GET' | 'HEAD'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** One exchange: no redirects, no retries, no credentials of its own. */
export interface Transport {
  exchange(exchange: Exchange): Promise<HttpResponse>
  close(): Promise<void>
}

const HEADERS_TIMEOUT = 30_000
const BODY_TIMEOUT = 60_000

/** A transport over pooled connections that honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Connects on first use. */
export function openTransport(options: TransportOptions): Transport {
  const agents = new Agents(options.env)
  return {
    async exchange(exchange) {
      const agent = await agents.agentFor(exchange.url)
      const message = await sendUnlessStale(exchange, agent, options.headersTimeout ?? HEADERS_TIMEOUT)
      return responseOf(message, options.bodyTimeout ?? BODY_TIMEOUT)
    },
    close: () => agents.close(),
  }
}

/** A kept connection may have been closed by the server just now: that is no failure, a new one is used at once. */
async function sendUnlessStale(exchange: Exchange, agent: Agent, timeout: number): Promise<IncomingMessage> {
  for (;;) {
    const request = start(exchange, agent)
    try {
      return await answerTo(request, timeout)
    } catch (error) {
      if (!request.reusedSocket || exchange.signal?.aborted === true || isTimeout(error)) throw error
    }
  }
}

function start({ method, url, headers, signal }: Exchange, agent: Agent): ClientRequest {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const { protocol, hostname, port, pathname, search } = url
  const host = hostname.replace(/^\[|\]$/g, '')
  const target = { protocol, host, port: port === '' ? undefined : port, path: `${pathname}${search}` }
  return send({ ...target, method, headers, agent, ...(signal === undefined ? {} : { signal }) })
}

function answerTo(request: ClientRequest, timeout: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => request.destroy(timeoutError('headers', timeout)), timeout)
    request.once('response', (message) => {
      clearTimeout(timer)
      resolve(message)
    })
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.end()
  })
}

const TIMEOUT = 'ERR_HTTP_TIMEOUT'

function timeoutError(part: string, timeout: number): Error {
  return Object.assign(new Error(`no ${part} within ${timeout / 1000} s`), { code: TIMEOUT })
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === TIMEOUT
}

function responseOf(message: IncomingMessage, timeout: number): HttpResponse {
  const stopWatching = watchIdle(message, timeout)
  message.once('close', stopWatching)
  message.on('error', () => {}) // reported to whoever reads; a body given up has no reader
  return {
    status: message.statusCode ?? 0,
    header: (name) => firstOf(message.headers[name]),
    body: message,
    discard: () => discard(message),
  }
}

/** Ends a message that brings nothing for a while, unless it is the reader who pauses. */
function watchIdle(message: IncomingMessage, timeout: number): () => void {
  let seen = message.socket.bytesRead
  const timer = setInterval(() => {
    const { bytesRead } = message.socket
    if (bytesRead === seen && message.readableLength === 0) message.destroy(timeoutError('data', timeout))
    seen = bytesRead
  }, timeout)
  timer.unref()
  return () => clearInterval(timer)
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

/** A short rest is read, so that the connection can be used again; it is not worth waiting for a long one. */
async function discard(message: IncomingMessage): Promise<void> {
  const length = Number(message.headers['content-length'] ?? 0)
  if (length > LONGEST_DISCARDED) message.destroy()
  else message.resume()
}

const LONGEST_DISCARDED = 1 << 16
