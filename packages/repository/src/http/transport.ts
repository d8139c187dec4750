import type { Dispatcher } from 'undici'
import type { HttpEnvironment, HttpResponse } from './types.ts'

export interface TransportOptions {
  readonly env: HttpEnvironment
  /** Milliseconds until response headers must have come; default 30 s. */
  readonly headersTimeout?: number | undefined
  /** Milliseconds a body may stand still; default 60 s. */
  readonly bodyTimeout?: number | undefined
}

/** One exchange: no redirects, no retries, no credentials of its own. */
export interface Transport {
  exchange(request: {
    readonly method: 'GET' | 'HEAD'
    readonly url: URL
    readonly headers: Readonly<Record<string, string>>
    readonly signal: AbortSignal | undefined
  }): Promise<HttpResponse>
  close(): Promise<void>
}

/** A transport over pooled connections that honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Connects on first use. */
export function openTransport(options: TransportOptions): Transport {
  let dispatcher: Promise<Dispatcher> | undefined
  return {
    async exchange({ method, url, headers, signal }) {
      dispatcher ??= loadDispatcher(options)
      const response = await (await dispatcher).request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers,
        signal: signal ?? null,
      })
      return {
        status: response.statusCode,
        header: (name) => firstOf(response.headers[name]),
        body: response.body,
        discard: () => response.body.dump(),
      }
    },
    async close() {
      // Bodies that were given up keep their connections; nobody waits for those.
      await (await dispatcher)?.destroy()
    },
  }
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

// Loaded on use: a build from local repositories alone needs no HTTP client. The module in between is there because a
// bundler gives a CommonJS package that is imported like this no named exports.
async function loadDispatcher(options: TransportOptions): Promise<Dispatcher> {
  const { createDispatcher } = await import('./dispatcher.ts')
  return createDispatcher(options)
}
