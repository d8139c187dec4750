import { DiagnosticError } from '@apkts/diagnostics'
import { utf8 } from '@apkts/encoding'
import { codeOf, type Exchange, type HttpResponse } from '@apkts/http'
import { RegistryError } from '../error.ts'
import { authorize, refusedCredentials } from './authorize.ts'
import { parseChallenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { Login } from './login.ts'
import { pingRegistry } from './ping.ts'
import { type Answer, openResponse, type RequestOptions, readAnswer, sendRequest } from './requests.ts'

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
  const exchange = <R>({ method, path, headers = {}, body, attempts }: RepositoryRequest, get: Get<R>): Promise<R> => {
    const url = new URL(path, new URL(`v2/${repository}/`, base))
    // Credentials are for the registry alone, not for where it sends uploads to.
    const authorization = url.host === base.host ? login.header : undefined
    const own: Record<string, string> = authorization === undefined ? {} : { authorization }
    return reach(get, { method, url, headers: { ...headers, ...own }, body }, { ...options, attempts })
  }
  const exchangeLoggedIn = async <R extends { readonly status: number }>(
    request: RepositoryRequest,
    get: Get<R>,
    read: (response: R) => Promise<{ readonly answer: Answer; readonly again: R }>,
  ): Promise<R> => {
    const used = login.header
    const first = await exchange(request, get)
    if (first.status !== 401) return first
    if (used?.startsWith('Basic ') === true) throw refusedCredentials(options, first.status)
    const { answer: refused, again } = await read(first)
    await login.renew(used, refused)
    return login.header === undefined ? again : exchange(request, get)
  }
  return {
    registry,
    repository,
    absolute: (location) => new URL(location, base).href,
    send: (request) => exchangeLoggedIn(request, sendRequest, async (answer) => ({ answer, again: answer })),
    open: (request) => exchangeLoggedIn(request, openResponse, readAndKeep),
  }
}

type Get<R> = (request: Exchange, options: RequestOptions) => Promise<R>

async function readAndKeep(response: HttpResponse) {
  const answer = await readAnswer(response)
  return { answer, again: { ...response, body: bodyOf(answer) } }
}

async function* bodyOf({ text }: Answer): AsyncGenerator<Uint8Array, void, void> {
  yield utf8(text)
}

/** Sends a request; that it does not get through in the end is an error that names the repository. */
async function reach<R>(get: Get<R>, request: Exchange, options: RepositoryOptions): Promise<R> {
  try {
    return await get(request, options)
  } catch (cause) {
    const code = codeOf(cause)
    const isFinal = options.attempts !== 1 && options.signal?.aborted !== true
    if (!isFinal || code === undefined || cause instanceof DiagnosticError) throw cause
    const { registry, repository } = options
    const message = `${registry}/${repository}: no answer to ${request.method} ${request.url.pathname} (${code})`
    throw new RegistryError('REGISTRY_UNREACHABLE', message, {
      cause,
      hint: 'Try again later: what arrived whole is not sent again.',
    })
  }
}

async function authorizationFor(answer: Answer, base: URL, options: RepositoryOptions): Promise<string | undefined> {
  const challenge = answer.status === 401 ? parseChallenge(answer.header('www-authenticate') ?? '') : undefined
  if (challenge === undefined) return undefined
  const { repository, readable, access = 'push,pull' } = options
  const scopes = [`repository:${repository}:${access}`, ...readable.map((name) => `repository:${name}:pull`)]
  return authorize({ ...options, challenge, scopes, isSecure: base.protocol === 'https:' })
}
