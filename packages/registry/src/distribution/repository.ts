import type { Exchange } from '@apkts/http'
import { authorize, refusedCredentials } from './authorize.ts'
import { parseChallenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { Login } from './login.ts'
import { pingRegistry } from './ping.ts'
import { type Answer, type RequestOptions, sendRequest } from './requests.ts'

export interface RepositoryOptions extends RequestOptions {
  readonly registry: string
  readonly repository: string
  readonly credentials: Credentials | undefined
  /** Repositories of the same registry that blobs may be mounted from. */
  readonly readable: readonly string[]
}

export interface RepositoryRequest extends Pick<Exchange, 'method' | 'body'> {
  /** Below `/v2/<repository>/`, or an absolute URL that the registry gave. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** How often it is sent at most; default five times. */
  readonly attempts?: number
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
  const { base, answer } = await pingRegistry(registry, options)
  const login = new Login((refused) => authorizationFor(refused, base, options))
  await login.renew(undefined, answer)
  const exchange = ({ method, path, headers = {}, body, attempts }: RepositoryRequest): Promise<Answer> => {
    const url = new URL(path, new URL(`v2/${repository}/`, base))
    // Credentials are for the registry alone, not for where it sends uploads to.
    const authorization = url.host === base.host ? login.header : undefined
    const own: Record<string, string> = authorization === undefined ? {} : { authorization }
    return sendRequest({ method, url, headers: { ...headers, ...own }, body }, { ...options, attempts })
  }
  return {
    registry,
    repository,
    absolute: (location) => new URL(location, base).href,
    async send(request) {
      const used = login.header
      const first = await exchange(request)
      if (first.status !== 401) return first
      if (used?.startsWith('Basic ') === true) throw refusedCredentials(options, first.status)
      await login.renew(used, first)
      return login.header === undefined ? first : exchange(request)
    },
  }
}

async function authorizationFor(answer: Answer, base: URL, options: RepositoryOptions): Promise<string | undefined> {
  const challenge = answer.status === 401 ? parseChallenge(answer.header('www-authenticate') ?? '') : undefined
  if (challenge === undefined) return undefined
  const { repository, readable } = options
  const scopes = [`repository:${repository}:push,pull`, ...readable.map((name) => `repository:${name}:pull`)]
  return authorize({ ...options, challenge, scopes, isSecure: base.protocol === 'https:' })
}
