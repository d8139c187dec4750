import { utf8 } from '@apkts/encoding'
import type { Exchange, HttpResponse } from '@apkts/http'
import { authorize, refusedCredentials } from './authorize.ts'
import { parseChallenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { Login } from './login.ts'
import { pingRegistry } from './ping.ts'
import { type Answer, openResponse, type RequestOptions, readAnswer } from './requests.ts'

export interface RepositoryOptions extends RequestOptions {
  readonly registry: string
  readonly repository: string
  readonly credentials: Credentials | undefined
  /** Repositories of the same registry that blobs may be mounted from. */
  readonly readable: readonly string[]
  /** What is asked for; default both. */
  readonly access?: 'push,pull' | 'pull'
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
  /** The same for something large: the body is not read yet. */
  open(request: RepositoryRequest): Promise<HttpResponse>
  /** The absolute form of a URL the registry answered with. */
  absolute(location: string): string
}

/**
 * Finds out how a registry is spoken to, and logs in to one of its repositories.
 * @throws RegistryError `REGISTRY_UNREACHABLE`, `UNAUTHORIZED`
 */
export async function openRepository(options: RepositoryOptions): Promise<RemoteRepository> {
  const { registry, repository } = options
  const { base, answer } = await pingRegistry(registry, options)
  const login = new Login((refused) => authorizationFor(refused, base, options))
  await login.renew(undefined, answer)
  const exchange = ({ method, path, headers = {}, body, attempts }: RepositoryRequest): Promise<HttpResponse> => {
    const url = new URL(path, new URL(`v2/${repository}/`, base))
    // Credentials are for the registry alone, not for where it sends uploads to.
    const authorization = url.host === base.host ? login.header : undefined
    const own: Record<string, string> = authorization === undefined ? {} : { authorization }
    return openResponse({ method, url, headers: { ...headers, ...own }, body }, { ...options, attempts })
  }
  const open = async (request: RepositoryRequest): Promise<HttpResponse> => {
    const used = login.header
    const first = await exchange(request)
    if (first.status !== 401) return first
    if (used?.startsWith('Basic ') === true) throw refusedCredentials(options, first.status)
    const refused = await readAnswer(first)
    await login.renew(used, refused)
    return login.header === undefined ? { ...first, body: bodyOf(refused) } : exchange(request)
  }
  return {
    registry,
    repository,
    absolute: (location) => new URL(location, base).href,
    open,
    send: async (request) => readAnswer(await open(request)),
  }
}

async function* bodyOf({ text }: Answer): AsyncGenerator<Uint8Array, void, void> {
  yield utf8(text)
}

async function authorizationFor(answer: Answer, base: URL, options: RepositoryOptions): Promise<string | undefined> {
  const challenge = answer.status === 401 ? parseChallenge(answer.header('www-authenticate') ?? '') : undefined
  if (challenge === undefined) return undefined
  const { repository, readable, access = 'push,pull' } = options
  const scopes = [`repository:${repository}:${access}`, ...readable.map((name) => `repository:${name}:pull`)]
  return authorize({ ...options, challenge, scopes, isSecure: base.protocol === 'https:' })
}
