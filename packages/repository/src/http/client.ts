import { DiagnosticError, type Log } from '@apkts/diagnostics'
import {
  ATTEMPTS,
  describeOutcome,
  type HttpResponse,
  isPermanentFailure,
  isRedirect,
  isRetryableStatus,
  type Outcome,
  type Transport,
  type Waiting,
  withRetries,
} from '@apkts/http'
import { RepositoryError } from '../error.ts'
import { redactUrl } from '../urls.ts'
import type { Authenticator } from './auth.ts'
import type { HttpRequest } from './types.ts'

export interface HttpClientOptions {
  readonly transport: Transport
  readonly authenticate: Authenticator
  readonly waiting: Waiting
  readonly log: Log
  readonly userAgent: string
  readonly offline: boolean
}

export interface HttpClient {
  /**
   * Sends a request, following redirects and repeating it while that may help. Returns whatever status came last unless
   * it is one that was retried in vain.
   * @throws RepositoryError `OFFLINE`, `HTTP_FAILED` or `HTTP_REDIRECT`.
   */
  send(request: HttpRequest): Promise<HttpResponse>
  /** Like `send`, but anything except 200 is an error. @throws RepositoryError `HTTP_STATUS`, naming the URL. */
  sendOk(request: HttpRequest): Promise<HttpResponse>
}

const MAX_REDIRECTS = 10

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const send = (request: HttpRequest) => sendWithRetries(options, request)
  return {
    send,
    async sendOk(request) {
      const response = await send(request)
      if (response.status === 200) return response
      await response.discard()
      throw statusError(request, response.status)
    },
  }
}

/** The error for a status that is not the one wanted. */
export function statusError({ method, url }: HttpRequest, status: number): RepositoryError {
  return new RepositoryError('HTTP_STATUS', `unexpected status code ${status} for ${method} ${redactUrl(url)}`, {
    status,
    hint: STATUS_HINTS[status],
  })
}

const STATUS_HINTS: Readonly<Record<number, string>> = {
  401: 'The server wants credentials: set HTTP_AUTH=basic:<host>:<user>:<password> or add the host to ~/.netrc.',
  403: 'The server refuses these credentials, or wants some: see HTTP_AUTH and ~/.netrc.',
  404: 'Check the repository URL, and that the repository has this architecture.',
}

async function sendWithRetries(options: HttpClientOptions, request: HttpRequest): Promise<HttpResponse> {
  const { log, waiting } = options
  const { attempts = ATTEMPTS, signal } = request
  const name = `${request.method} ${redactUrl(request.url)}`
  if (options.offline) throw offlineError(name)
  const onRetry = (outcome: Outcome, pause: number, attempt: number) =>
    log.warn(`${name}: ${describe(outcome)}; trying again in ${(pause / 1000).toFixed(1)} s`, { attempt })
  let outcome: Outcome
  try {
    const response = await withRetries(() => follow(options, request), { attempts, waiting, signal, onRetry })
    if (!isRetryableStatus(response.status)) return response
    await response.discard()
    outcome = { response }
  } catch (error) {
    if (error instanceof DiagnosticError || signal?.aborted === true) throw error
    if (isPermanentFailure(error)) throw failedError(name, error)
    outcome = { error }
  }
  throw givingUp(name, attempts, outcome)
}

async function follow(options: HttpClientOptions, request: HttpRequest): Promise<HttpResponse> {
  const { transport, authenticate, userAgent } = options
  const { method, signal } = request
  let url = parseUrl(request.url)
  let authorization = request.authenticate === false ? undefined : await authenticate(url)
  for (let redirects = 0; ; redirects++) {
    const credentials = authorization === undefined ? {} : { authorization }
    const headers = { 'user-agent': userAgent, accept: '*/*', ...request.headers, ...credentials }
    const response = await transport.exchange({ method, url, headers, signal })
    const location = isRedirect(response.status) ? response.header('location') : undefined
    if (location === undefined) return response
    await response.discard()
    const target = redirectTarget(url, location, request)
    if (redirects === MAX_REDIRECTS) {
      throw new RepositoryError('HTTP_REDIRECT', `${redactUrl(request.url)}: more than ${MAX_REDIRECTS} redirects`)
    }
    if (!isSameHost(url, target)) authorization = undefined
    url = target
  }
}

function parseUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text)
  throw new RepositoryError('HTTP_FAILED', `"${redactUrl(text)}" is not a URL`)
}

function redirectTarget(from: URL, location: string, { url }: HttpRequest): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined
  if (target?.protocol === 'http:' || target?.protocol === 'https:') return target
  throw new RepositoryError(
    'HTTP_REDIRECT',
    `${redactUrl(url)} redirects to "${redactUrl(location)}", which is not HTTP`,
  )
}

// Credentials go on to the same server only; the step from HTTP to HTTPS on default ports counts as one.
function isSameHost(from: URL, to: URL): boolean {
  if (from.host === to.host && from.protocol === to.protocol) return true
  return from.protocol === 'http:' && to.protocol === 'https:' && from.host === to.host && from.port === ''
}

function offlineError(name: string): RepositoryError {
  return new RepositoryError(
    'OFFLINE',
    `${name}: the network is not used in offline mode, and the cache has no answer`,
    {
      hint: 'Run once without --offline and with the same cache directory.',
    },
  )
}

function givingUp(name: string, attempts: number, outcome: Outcome): RepositoryError {
  const status = outcome.response?.status
  const message = `${name}: giving up after ${attempts} attempt(s): ${describe(outcome)}`
  return new RepositoryError('HTTP_FAILED', message, {
    cause: outcome.error,
    ...(status === undefined ? {} : { status }),
  })
}

function failedError(name: string, error: unknown): RepositoryError {
  return new RepositoryError('HTTP_FAILED', `${name}: ${describe({ error })}`, { cause: error })
}

function describe(outcome: Outcome): string {
  return redactUrl(describeOutcome(outcome))
}
