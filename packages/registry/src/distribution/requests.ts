import type { Log } from '@apkts/diagnostics'
import {
  describeOutcome,
  type Exchange,
  type HttpResponse,
  isRedirect,
  readText,
  type Transport,
  type Waiting,
  withRetries,
} from '@apkts/http'

/** A response of a registry, read to its end. */
export interface Answer {
  readonly status: number
  /** First value of a header, by lower-case name. */
  header(name: string): string | undefined
  readonly text: string
}

export interface RequestOptions {
  readonly transport: Transport
  readonly waiting: Waiting
  readonly userAgent: string
  readonly log: Log
  readonly signal?: AbortSignal | undefined
  /** How often a request is sent at most; default five times. */
  readonly attempts?: number | undefined
}

/** Answers of registries are small documents; more than this is not kept. */
const MAX_ANSWER = 4 << 20
const MAX_REDIRECTS = 5

/**
 * Sends a request, repeating it while the registry is not able to answer. Any status is returned. Reading requests follow
 * redirects, credentials only on the same host.
 */
export function sendRequest(request: Exchange, options: RequestOptions): Promise<Answer> {
  return patiently(request, options, async (attempt) => ({
    ...(await readAnswer(await follow(attempt, options.transport))),
    discard: async () => {},
  }))
}

/** The same with a body of any length, not read yet. */
export function openResponse(request: Exchange, options: RequestOptions): Promise<HttpResponse> {
  return patiently(request, options, (attempt) => follow(attempt, options.transport))
}

/** Reads a response to its end. */
export async function readAnswer(response: HttpResponse): Promise<Answer> {
  return { status: response.status, header: response.header, text: await readText(response, MAX_ANSWER) }
}

function patiently<R extends Pick<HttpResponse, 'status' | 'header' | 'discard'>>(
  request: Exchange,
  { waiting, userAgent, log, signal, attempts }: RequestOptions,
  exchange: (request: Exchange) => Promise<R>,
): Promise<R> {
  const headers = { 'user-agent': userAgent, ...request.headers }
  const place = `${request.method} ${request.url.host}${request.url.pathname}`
  return withRetries(() => exchange({ ...request, headers, signal }), {
    attempts,
    waiting,
    signal,
    onRetry: (outcome, pause, attempt) =>
      log.warn(`${place}: ${describeOutcome(outcome)}; trying again in ${(pause / 1000).toFixed(1)} s`, { attempt }),
  })
}

async function follow(request: Exchange, transport: Transport) {
  let { url, headers } = request
  for (let redirects = 0; ; redirects++) {
    const response = await transport.exchange({ ...request, url, headers })
    const location = isReading(request) && isRedirect(response.status) ? response.header('location') : undefined
    if (location === undefined || redirects === MAX_REDIRECTS || !URL.canParse(location, url.href)) return response
    await response.discard()
    const target = new URL(location, url)
    if (target.origin !== url.origin) headers = withoutAuthorization(headers)
    url = target
  }
}

function isReading({ method }: Exchange): boolean {
  return method === 'GET' || method === 'HEAD'
}

function withoutAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'))
}
