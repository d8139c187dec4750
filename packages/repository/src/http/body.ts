import { type Log, messageOf } from '@apkts/diagnostics'
import type { HttpResponse } from '@apkts/http'
import { RepositoryError } from '../error.ts'
import { redactUrl } from '../urls.ts'
import { type HttpClient, statusError } from './client.ts'
import type { HttpRequest } from './types.ts'

/** Requests for the rest of a body that bring next to nothing, before the download counts as failed. */
const FRUITLESS_RESUMES = 2
const FRUIT = 1024

export interface DownloadOptions {
  /** Bytes of body, -1 for no limit. */
  readonly limit: number
  readonly log: Log
  readonly authenticate?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * The body of a URL, resumed with `Range` where the connection broke; a server without ranges is asked for everything
 * again and the part already delivered is skipped.
 * @throws RepositoryError `HTTP_STATUS`, `RESPONSE_TOO_LARGE` or `HTTP_TRUNCATED`.
 */
export async function* download(
  client: HttpClient,
  url: string,
  options: DownloadOptions,
): AsyncGenerator<Uint8Array, HttpResponse, void> {
  const { authenticate = true, signal } = options
  const request: HttpRequest = { method: 'GET', url, authenticate, signal }
  const first = await client.sendOk(request)
  yield* resumableBody(client, request, first, options)
  return first
}

/** The body of a response at hand, resumed as `download` does. */
export async function* resumableBody(
  client: HttpClient,
  request: HttpRequest,
  first: HttpResponse,
  { limit, log }: DownloadOptions,
): AsyncGenerator<Uint8Array, void, void> {
  let response = first
  let received = 0
  for (let fruitless = 0; ; ) {
    let skip = response.status === 200 ? received : 0
    const before = received
    try {
      for await (const chunk of response.body) {
        const part = chunk.subarray(Math.min(skip, chunk.length))
        skip -= chunk.length - part.length
        if (part.length === 0) continue
        received += part.length
        if (limit >= 0 && received > limit) throw tooLarge(request, limit)
        yield part
      }
      return
    } catch (error) {
      if (error instanceof RepositoryError || request.signal?.aborted === true) throw error
      fruitless = received - before >= FRUIT ? 1 : fruitless + 1
      if (fruitless > FRUITLESS_RESUMES) throw truncated(request, received, error)
      log.debug(`${redactUrl(request.url)} broke off after ${received} bytes; resuming`)
    }
    response = await resume(client, request, first, received)
  }
}

async function resume(
  client: HttpClient,
  request: HttpRequest,
  first: HttpResponse,
  received: number,
): Promise<HttpResponse> {
  const response = await client.send({ ...request, headers: { ...request.headers, range: `bytes=${received}-` } })
  const etag = first.header('etag')
  const changed = etag !== undefined && response.header('etag') !== undefined && response.header('etag') !== etag
  if (!changed && (response.status === 200 || response.status === 206)) return response
  await response.discard()
  if (!changed) throw statusError(request, response.status)
  throw new RepositoryError('HTTP_TRUNCATED', `${redactUrl(request.url)} changed on the server while it was downloaded`)
}

function tooLarge({ url }: HttpRequest, limit: number): RepositoryError {
  return new RepositoryError('RESPONSE_TOO_LARGE', `${redactUrl(url)}: size limit exceeded, limit is ${limit} bytes`, {
    hint: 'If the server is trusted, raise the limit with --max-http-response-size.',
  })
}

function truncated({ url }: HttpRequest, received: number, cause: unknown): RepositoryError {
  const message = `${redactUrl(url)}: unexpected EOF after ${received} bytes: ${messageOf(cause)}`
  return new RepositoryError('HTTP_TRUNCATED', message, { cause })
}
