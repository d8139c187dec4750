import { type Agent, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { trustedAuthorities } from './authorities.ts'
import { proxyFor } from './proxy.ts'
import type { HttpEnvironment } from './types.ts'

const IDLE_TIMEOUT = 90_000
const OPTIONS = { keepAlive: true, maxFreeSockets: 16, timeout: IDLE_TIMEOUT, scheduling: 'lifo' } as const

/** Connection pools: one for direct HTTP, one for direct HTTPS, one for each proxy and scheme. */
export class Agents {
  readonly #env: HttpEnvironment
  readonly #agents = new Map<string, Promise<Agent>>()
  #trustsSystem: boolean

  constructor(env: HttpEnvironment) {
    this.#env = env
    this.#trustsSystem = (env.SSL_CERT_FILE ?? '') !== ''
  }

  /** Whether connections from now on trust the system's authorities, too; they cost 35 ms to read, which few need. */
  get trustsSystem(): boolean {
    return this.#trustsSystem
  }

  trustSystem(): void {
    this.#trustsSystem = true
  }

  /** The pool to reach a URL through. */
  agentFor(url: URL): Promise<Agent> {
    const proxy = proxyFor(url, this.#env)
    const isSecure = url.protocol === 'https:'
    const trustsSystem = isSecure && this.#trustsSystem
    const key = `${url.protocol} ${proxy} ${trustsSystem}`
    let agent = this.#agents.get(key)
    if (agent === undefined) {
      agent = createAgent(isSecure, proxy, trustsSystem ? this.#env : undefined)
      this.#agents.set(key, agent)
    }
    return agent
  }

  /** Ends all connections, those in use too. */
  async close(): Promise<void> {
    for (const made of await Promise.allSettled(this.#agents.values())) {
      if (made.status === 'fulfilled') made.value.destroy()
    }
  }
}

/** A pool that trusts what Node trusts, or the authorities that an environment names. */
async function createAgent(
  secure: boolean,
  proxy: string | undefined,
  authorities: HttpEnvironment | undefined,
): Promise<Agent> {
  const trust = authorities === undefined ? {} : { secureContext: await trustedAuthorities(authorities) }
  const options = { ...OPTIONS, ...trust }
  if (proxy === undefined) return secure ? new HttpsAgent(options) : new HttpAgent(options)
  if (secure) {
    const { HttpsProxyAgent } = await import('https-proxy-agent')
    const agent = new HttpsProxyAgent(proxy, options)
    // It uses the options for the way to the proxy only; authorities are needed for what is behind it.
    agent.options = { ...options, ...agent.options }
    return agent
  }
  const { HttpProxyAgent } = await import('http-proxy-agent')
  return new HttpProxyAgent(proxy, options)
}
