import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Agents } from './agents.ts'
import { isTimeout, watchIdle, watchSending } from './patience.ts'
import { isCertificateFailure } from './retry.ts'
import type { Body, Exchange, HttpResponse, Method, Transport, TransportOptions } from './types.ts'

const HEADERS_TIMEOUT = 30_000
const BODY_TIMEOUT = 60_000

/** A transport whose pools of connections are opened on first use. */
export function openConnections(options: TransportOptions): Transport {
  const agents = new Agents(options.env)
  return {
    async exchange(exchange) {
      try {
        return await exchangeOnce(exchange, agents, options)
      } catch (error) {
        if (agents.trustsSystem || !isCertificateFailure(error)) throw error
        agents.trustSystem()
        return exchangeOnce(exchange, agents, options)
      }
    },
    close: () => agents.close(),
  }
}

async function exchangeOnce(exchange: Exchange, agents: Agents, options: TransportOptions): Promise<HttpResponse> {
  const agent = await agents.agentFor(exchange.url)
  const way = { agent, ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }) }
  const message = await sendUnlessStale(exchange, way, options.headersTimeout ?? HEADERS_TIMEOUT)
  return responseOf(message, options.bodyTimeout ?? BODY_TIMEOUT)
}

/** How a server is reached. */
interface Way {
  readonly agent: Agent
  readonly socketPath?: string
}

/**
 * A kept connection may have been closed by the server just now: that is no failure, a new one is used at once. A stream
 * is not sent again that way, because its receiver may have kept a part of it.
 */
async function sendUnlessStale(exchange: Exchange, way: Way, timeout: number): Promise<IncomingMessage> {
  for (;;) {
    const request = start(exchange, way)
    try {
      return await answerTo(request, exchange.body, timeout)
    } catch (error) {
      const isStale = request.reusedSocket && typeof exchange.body !== 'function'
      if (!isStale || exchange.signal?.aborted === true || isTimeout(error)) throw error
    }
  }
}

function start({ method, url, headers, body, signal }: Exchange, way: Way): ClientRequest {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const { protocol, hostname, port, pathname, search } = url
  const host = hostname.replace(/^\[|\]$/g, '')
  const target = { protocol, host, port: port === '' ? undefined : port, path: `${pathname}${search}` }
  const length = typeof body === 'function' ? {} : contentLength(method, body)
  return send({ ...target, method, headers: { ...length, ...headers }, ...way, ...(signal && { signal }) })
}

function contentLength(method: Method, body: Uint8Array | string | undefined): Record<string, number> {
  if (body === undefined && (method === 'GET' || method === 'HEAD' || method === 'DELETE')) return {}
  return { 'content-length': Buffer.byteLength(body ?? '') }
}

function answerTo(request: ClientRequest, body: Body | undefined, timeout: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const stopWatching = watchSending(request, timeout)
    const stopSending = send(request, body)
    request.once('response', (message) => {
      stopWatching()
      // Whoever answers before everything was sent does not want the rest, and may not read it either.
      if (stopSending()) message.once('close', () => request.destroy())
      resolve(message)
    })
    request.on('error', (error) => {
      stopWatching()
      stopSending()
      reject(error)
    })
  })
}

/** Sends a body; what is returned stops that and tells whether there was something to stop. */
function send(request: ClientRequest, body: Body | undefined): () => boolean {
  if (typeof body !== 'function') {
    request.end(body)
    return () => false
  }
  const stream = body()
  stream.on('error', (error) => request.destroy(error))
  stream.pipe(request)
  return () => {
    const isUnfinished = !stream.readableEnded
    stream.unpipe(request)
    stream.destroy()
    return isUnfinished
  }
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
