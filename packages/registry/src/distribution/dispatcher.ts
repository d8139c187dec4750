import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'

type Environment = Readonly<Record<string, string | undefined>>

const OPTIONS = { connect: { timeout: 30_000 }, headersTimeout: 120_000, bodyTimeout: 120_000 }

/** Pooled connections, through a proxy where the environment names one. */
export function createDispatcher(env: Environment): Dispatcher {
  const pick = (name: string) => env[name.toLowerCase()] ?? env[name] ?? ''
  const proxy = { httpProxy: pick('HTTP_PROXY'), httpsProxy: pick('HTTPS_PROXY'), noProxy: pick('NO_PROXY') }
  if (proxy.httpProxy === '' && proxy.httpsProxy === '') return new Agent(OPTIONS)
  return new EnvHttpProxyAgent({ ...OPTIONS, ...proxy })
}
