/** The environment variables HTTP depends on: HTTP_AUTH, HTTP_PROXY, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE, NETRC, HOME. */
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

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sends the credentials configured for the host; default true. */
  readonly authenticate?: boolean
  readonly signal?: AbortSignal | undefined
  /** How often it is sent at most while that may help; default five times. */
  readonly attempts?: number | undefined
}

export interface HttpResponse {
  readonly status: number
  /** First value of a header, by lower-case name. */
  header(name: string): string | undefined
  /** Readable once. */
  readonly body: AsyncIterable<Uint8Array>
  /** Gives the connection back without reading the body. */
  discard(): Promise<void>
}
