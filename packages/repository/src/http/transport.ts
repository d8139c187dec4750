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

const CONNECT_TIMEOUT = 30_000
const HEADERS_TIMEOUT = 30_000
const BODY_TIMEOUT = 60_000
const IDLE_TIMEOUT = 90_000

/** A transport over pooled connections that honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Connects on first use. */
export function openTransport(options: TransportOptions): Transport {
  let dispatcher: Promise<Dispatcher> | undefined
  return {
    async exchange({ method, url, headers, signal }) {
      dispatcher ??= createDispatcher(options)
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

// Loaded on use: a build from local repositories alone needs no HTTP client.
async function createDispatcher({ env, headersTimeout, bodyTimeout }: TransportOptions): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici')
  const options = {
    headersTimeout: headersTimeout ?? HEADERS_TIMEOUT,
    bodyTimeout: bodyTimeout ?? BODY_TIMEOUT,
    keepAliveTimeout: IDLE_TIMEOUT,
    connect: { timeout: CONNECT_TIMEOUT },
  }
  const proxy = proxyOf(env)
  return proxy === undefined ? new Agent(options) : new EnvHttpProxyAgent({ ...options, ...proxy, proxyTunnel: false })
}

function proxyOf(env: HttpEnvironment): { httpProxy: string; httpsProxy: string; noProxy: string } | undefined {
  const pick = (name: string) => env[name.toLowerCase()] ?? env[name] ?? ''
  const proxy = { httpProxy: pick('HTTP_PROXY'), httpsProxy: pick('HTTPS_PROXY'), noProxy: pick('NO_PROXY') }
  return proxy.httpProxy === '' && proxy.httpsProxy === '' ? undefined : proxy
}
