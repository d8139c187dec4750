import type { Log } from '@apkts/diagnostics'
import { RegistryError } from '../error.ts'
import { authorize } from './authorize.ts'
import { parseChallenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { isConnectionError, withRetries } from './retry.ts'
import type { Answer, Exchange, Transport } from './transport.ts'

export interface RepositoryOptions {
  readonly registry: string
  readonly repository: string
  readonly credentials: Credentials | undefined
  readonly transport: Transport
  readonly userAgent: string
  readonly signal?: AbortSignal | undefined
  /** Milliseconds before second and third tries; default 1 s and 3 s. */
  readonly pauses?: readonly number[] | undefined
  readonly log?: Log | undefined
}

export interface RepositoryRequest extends Pick<Exchange, 'method' | 'body'> {
  /** Below `/v2/<repository>/`, or an absolute URL that the registry gave. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One repository of a registry, logged in to (OCI distribution-spec). */
export interface RemoteRepository {
  readonly registry: string
  readonly repository: string
  /** Sends a request, logging in again when a token ran out. Any status is returned. */
  send(request: RepositoryRequest): Promise<Answer>
  /** The absolute form of a URL the registry answered with. */
  absolute(location: string): string
}

/**
 * Finds out how a registry is spoken to, and logs in to one of its repositories for pushing.
 * @throws RegistryError `REGISTRY_UNREACHABLE`, `UNAUTHORIZED`
 */
export async function openRepository(options: RepositoryOptions): Promise<RemoteRepository> {
  const { registry, repository } = options
  const { base, answer } = await ping(options)
  let authorization = await authorizationFor(answer, options)
  const exchange = ({ method, path, headers = {}, body }: RepositoryRequest): Promise<Answer> => {
    const url = new URL(path, new URL(`v2/${repository}/`, base))
    // Credentials are for the registry alone, not for where it sends uploads to.
    const own: Record<string, string> = authorization !== undefined && url.host === base.host ? { authorization } : {}
    return send({ method, url, headers: { ...headers, ...own }, body }, options)
  }
  return {
    registry,
    repository,
    absolute: (location) => new URL(location, base).href,
    async send(request) {
      const used = authorization
      const first = await exchange(request)
      if (first.status !== 401) return first
      // Of several requests that meet the end of a token only the first gets a new one.
      if (authorization === used) authorization = await authorizationFor(first, options)
      return authorization === undefined ? first : exchange(request)
    },
  }
}

async function authorizationFor(answer: Answer, options: RepositoryOptions): Promise<string | undefined> {
  const challenge = answer.status === 401 ? parseChallenge(answer.header('www-authenticate') ?? '') : undefined
  if (challenge === undefined) return undefined
  const scope = `repository:${options.repository}:push,pull`
  return authorize({ ...options, challenge, scope })
}

async function ping(options: RepositoryOptions): Promise<{ base: URL; answer: Answer }> {
  const { registry } = options
  const schemes = isLocal(registry) ? ['https', 'http'] : ['https']
  let failure: unknown
  for (const scheme of schemes) {
    const base = new URL(`${scheme}://${registry}/`)
    try {
      const answer = await pingOnce(new URL('v2/', base), options, schemes.length > 1)
      if (answer.status === 200 || answer.status === 401 || answer.status === 403) return { base, answer }
      failure = new Error(`status ${answer.status}`)
    } catch (error) {
      if (!isConnectionError(error) || options.signal?.aborted === true) throw error
      failure = error
    }
  }
  const why = failure instanceof Error ? failure.message : String(failure)
  throw new RegistryError('REGISTRY_UNREACHABLE', `${registry} does not answer as a registry: ${why}`, {
    cause: failure,
  })
}

// While the scheme is being found out a failure is an answer, not a reason to wait.
function pingOnce(url: URL, options: RepositoryOptions, isGuess: boolean): Promise<Answer> {
  return send({ method: 'GET', url, headers: {} }, isGuess ? { ...options, pauses: [] } : options)
}

function send(request: Exchange, { transport, userAgent, signal, pauses }: RepositoryOptions): Promise<Answer> {
  const headers = { 'user-agent': userAgent, ...request.headers }
  return withRetries(() => transport.exchange({ ...request, headers }), { signal, pauses })
}

/** True for registries on this machine or in a private network, which may speak plain HTTP. */
export function isLocal(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1' || host === '127.0.0.1') return true
  return /^(10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(1[6-9]|2\d|3[01])\.\d+\.\d+)$/.test(host)
}
