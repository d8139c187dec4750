import { readFile } from 'node:fs/promises'
import { writeFileAtomic } from '@apkts/cache'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { concatBytes, utf8Decode } from '@apkts/encoding'
import { keepForLater } from './cache-failure.ts'
import { cachePlace } from './cache-path.ts'
import type { RepositoryContext } from './context.ts'
import { RepositoryError } from './error.ts'
import { resumableBody } from './http/body.ts'
import type { HttpRequest } from './http/types.ts'
import { readIfPresent } from './index/etag-store.ts'
import { fetchByEtag } from './index/remote.ts'
import { httpResponseLimit } from './limits.ts'
import { isRemote } from './line.ts'
import { redactUrl } from './urls.ts'

/** How a file is kept between runs. */
export interface FetchFileOptions {
  /**
   * `etag`: kept by ETag, one `HEAD` tells whether it is current (keys, release lists). `latest`: asked for every time, with
   * the last answer kept for offline use only (discovery documents). Default: `etag` for keys and `releases.json`.
   */
  readonly cache?: 'etag' | 'latest'
  /** Sends the credentials configured for the host; default true. */
  readonly authenticate?: boolean
  /** How often it is asked for at most, for files that most servers do not have; default five times. */
  readonly attempts?: number
}

/**
 * A small file such as a key, by URL or path.
 * @throws RepositoryError; with `status` when the server answered with another status than 200.
 */
export async function fetchBytes(
  context: RepositoryContext,
  location: string,
  options: FetchFileOptions = {},
): Promise<Uint8Array> {
  if (!isRemote(location)) return readLocal(location)
  const { cache = defaultCache(location), authenticate = true, attempts } = options
  if (cache === 'etag') return fetchAndKeep(context, location, authenticate)
  return fetchLatest(context, { method: 'GET', url: location, authenticate, attempts, signal: context.signal })
}

async function fetchAndKeep(context: RepositoryContext, url: string, authenticate: boolean): Promise<Uint8Array> {
  const file = await fetchByEtag(context, url, { authenticate })
  if (!isErrorPage(url, file.bytes)) await file.keep()
  return file.bytes
}

/** Some servers send a page instead of a key, with status 200: it must not be found offline in the key's place. */
function isErrorPage(url: string, bytes: Uint8Array): boolean {
  return /\.pub(?:[?#]|$)/.test(url) && !utf8Decode(bytes).includes('-----BEGIN ')
}

/** A file with the status it came with; 200 for local ones. */
export interface FetchedFile {
  readonly status: number
  readonly bytes: Uint8Array
}

/** Turns the error of an unwanted HTTP status into that status, without bytes. */
export async function withStatus(fetched: Promise<Uint8Array>): Promise<FetchedFile> {
  try {
    return { status: 200, bytes: await fetched }
  } catch (error) {
    if (!(error instanceof RepositoryError) || error.code !== 'HTTP_STATUS' || error.status === undefined) throw error
    return { status: error.status, bytes: new Uint8Array(0) }
  }
}

function defaultCache(url: string): 'etag' | 'latest' {
  const path = url.replace(/[?#].*$/, '')
  return path.endsWith('.pub') || path.endsWith('/releases.json') ? 'etag' : 'latest'
}

async function fetchLatest(context: RepositoryContext, request: HttpRequest): Promise<Uint8Array> {
  const { http, limits, log, cache, offline } = context
  const { path } = cachePlace(await cache.path(), request.url)
  const readOnly = await cache.readOnlyPath()
  const paths = readOnly === undefined ? [path] : [path, cachePlace(readOnly, request.url).path]
  const provided = await readFirst(paths)
  if (provided !== undefined) return provided
  if (offline) return (await readFirst(paths.map(latestOf))) ?? refuse(request.url)
  const response = await http.sendOk(request)
  const parts: Uint8Array[] = []
  for await (const chunk of resumableBody(http, request, response, { limit: httpResponseLimit(limits), log })) {
    parts.push(chunk)
  }
  const bytes = concatBytes(parts)
  await keepForLater(context, redactUrl(request.url), async () =>
    writeFileAtomic(latestOf(path), bytes, { temporaryDir: await cache.temporaryDir() }),
  )
  return bytes
}

function latestOf(path: string): string {
  return `${path}.latest`
}

async function readFirst(paths: readonly string[]): Promise<Uint8Array | undefined> {
  for (const path of paths) {
    const bytes = readIfPresent(path)
    if (bytes !== undefined) return bytes
  }
  return undefined
}

function refuse(url: string): never {
  throw new RepositoryError('OFFLINE', `${redactUrl(url)} is not in the offline cache`, {
    hint: 'Run once without --offline and with the same cache directory.',
  })
}

async function readLocal(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new RepositoryError('FILE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, {
      at: { file: path },
      cause: error,
    })
  }
}
