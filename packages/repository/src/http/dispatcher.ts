import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { TransportOptions } from './transport.ts'
import type { HttpEnvironment } from './types.ts'

const CONNECT_TIMEOUT = 30_000
const HEADERS_TIMEOUT = 30_000
const BODY_TIMEOUT = 60_000
const IDLE_TIMEOUT = 90_000

/** Pooled connections, through a proxy where the environment names one. */
export function createDispatcher({ env, headersTimeout, bodyTimeout }: TransportOptions): Dispatcher {
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
