import type { Readable } from 'node:stream'

/** Environment variables that HTTP depends on, of which HTTP_PROXY, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS are read here. */
export type HttpEnvironment = Readonly<Record<string, string | undefined>>

/** How waiting is done; injected so that tests need not wait. */
export interface Waiting {
  /** Resolves after some milliseconds, or rejects when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** A number in [0, 1), for jitter. */
  random(): number
  /** Milliseconds since 1970, for `Retry-After` dates. */
  now(): number
}

/** The methods that registries and repositories need. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** What is sent: bytes at hand, or a stream made anew for every attempt, because it can be read only once. */
export type Body = Uint8Array | string | (() => Readable)

/** A request. */
export interface Exchange {
  readonly method: Method
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Body | undefined
  readonly signal?: AbortSignal | undefined
}

/** A response whose body is read as a stream. */
export interface HttpResponse {
  readonly status: number
  /** First value of a header, by lower-case name. */
  header(name: string): string | undefined
  /** Readable once. */
  readonly body: AsyncIterable<Uint8Array>
  /** Gives the connection back without reading the body. */
  discard(): Promise<void>
}

/** One exchange: no redirects, no retries, no credentials of its own. */
export interface Transport {
  exchange(exchange: Exchange): Promise<HttpResponse>
  close(): Promise<void>
}

/** Which proxies and authorities are used, and how long a connection may stand still. */
export interface TransportOptions {
  readonly env: HttpEnvironment
  /** Path of a Unix socket that all exchanges go through, whatever their host. */
  readonly socketPath?: string | undefined
  /** Milliseconds that may go by without a byte sent until response headers come; default 30 s. */
  readonly headersTimeout?: number | undefined
  /** Milliseconds in which a body must bring at least a kilobyte; default 60 s. */
  readonly bodyTimeout?: number | undefined
}
