import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'
import { isSystemError } from '@apkts/diagnostics'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { RepositoryError } from '../error.ts'
import type { TransportOptions } from './transport.ts'
import type { HttpEnvironment } from './types.ts'

const CONNECT_TIMEOUT = 30_000
const HEADERS_TIMEOUT = 30_000
const BODY_TIMEOUT = 60_000
const IDLE_TIMEOUT = 90_000

/** Pooled connections, through a proxy where the environment names one. */
export async function createDispatcher(transport: TransportOptions): Promise<Dispatcher> {
  const { env, headersTimeout, bodyTimeout } = transport
  const connect = { timeout: CONNECT_TIMEOUT, ...(await extraAuthorities(env)) }
  const options = {
    headersTimeout: headersTimeout ?? HEADERS_TIMEOUT,
    bodyTimeout: bodyTimeout ?? BODY_TIMEOUT,
    keepAliveTimeout: IDLE_TIMEOUT,
    connect,
  }
  const proxy = proxyOf(env)
  if (proxy === undefined) return new Agent(options)
  return new EnvHttpProxyAgent({ ...options, ...proxy, requestTls: connect, proxyTls: connect, proxyTunnel: false })
}

// Go programs read SSL_CERT_FILE, Node only NODE_EXTRA_CA_CERTS: whoever comes from apko may have set the former.
async function extraAuthorities({ SSL_CERT_FILE: file }: HttpEnvironment): Promise<{ ca?: string[] }> {
  if (file === undefined || file === '') return {}
  try {
    return { ca: [...rootCertificates, await readFile(file, 'utf8')] }
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new RepositoryError('FILE_UNREADABLE', `cannot read SSL_CERT_FILE: ${error.message}`, { at: { file } })
  }
}

function proxyOf(env: HttpEnvironment): { httpProxy: string; httpsProxy: string; noProxy: string } | undefined {
  const pick = (name: string) => env[name.toLowerCase()] ?? env[name] ?? ''
  const proxy = { httpProxy: pick('HTTP_PROXY'), httpsProxy: pick('HTTPS_PROXY'), noProxy: pick('NO_PROXY') }
  return proxy.httpProxy === '' && proxy.httpsProxy === '' ? undefined : proxy
}
