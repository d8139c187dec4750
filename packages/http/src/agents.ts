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

  constructor(env: HttpEnvironment) {
    this.#env = env
  }

  /** The pool to reach a URL through. */
  agentFor(url: URL): Promise<Agent> {
    const proxy = proxyFor(url, this.#env)
    const key = `${url.protocol} ${proxy}`
    let agent = this.#agents.get(key)
    if (agent === undefined) {
      agent = createAgent(url.protocol === 'https:', proxy, this.#env)
      this.#agents.set(key, agent)
    }
    return agent
  }

  /** Ends all connections, those in use too. */
  async close(): Promise<void> {
    for (const agent of this.#agents.values()) (await agent).destroy()
  }
}

async function createAgent(secure: boolean, proxy: string | undefined, env: HttpEnvironment): Promise<Agent> {
  const options = secure ? { ...OPTIONS, secureContext: await trustedAuthorities(env) } : OPTIONS
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
