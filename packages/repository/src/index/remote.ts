import { join } from 'node:path'
import { concatBytes } from '@apkts/encoding'
import { keepForLater } from '../cache-failure.ts'
import { cachePlace } from '../cache-path.ts'
import type { RepositoryContext } from '../context.ts'
import { RepositoryError } from '../error.ts'
import { resumableBody } from '../http/body.ts'
import { statusError } from '../http/client.ts'
import type { HttpRequest } from '../http/types.ts'
import { httpResponseLimit } from '../limits.ts'
import { redactUrl } from '../urls.ts'
import {
  type EtagPlace,
  readByEtag,
  readUndamaged,
  type StoredFile,
  storeByEtag,
  storedFiles,
  trimEtag,
} from './etag-store.ts'

export interface RemoteFile {
  readonly bytes: Uint8Array
  /** Where else to look when the bytes turn out damaged; absent for those that were just downloaded. */
  readonly otherwise?: () => Promise<RemoteFile>
  /** Keeps what was downloaded for the next time; to be called when the bytes are found to be good. */
  keep(): Promise<void>
}

export interface RemoteFileOptions {
  readonly authenticate?: boolean
}

/**
 * A file whose server may tell its version by ETag: one `HEAD` tells whether the version on disk is current, otherwise
 * one `GET` brings it. Without anything on disk the `HEAD` is left out. Offline, the newest version on disk is taken.
 * @throws RepositoryError naming the URL.
 */
export async function fetchByEtag(
  context: RepositoryContext,
  url: string,
  options: RemoteFileOptions = {},
): Promise<RemoteFile> {
  const places = await etagPlaces(context, url)
  const stored = await storedFiles(places)
  if (context.offline) return readNewest(url, stored)
  const { authenticate = true } = options
  const request: HttpRequest = { method: 'GET', url, authenticate, signal: context.signal }
  const current = stored.length === 0 ? undefined : await readCurrent(context, places, request)
  return current ?? get(context, places, request)
}

/** Where versions of a file are kept: first where they are written, then a cache that can only be read. */
async function etagPlaces({ cache }: RepositoryContext, url: string): Promise<readonly [EtagPlace, ...EtagPlace[]]> {
  const temporaryDir = await cache.temporaryDir()
  const readOnly = await cache.readOnlyPath()
  const first = { ...etagPlace(await cache.path(), url), temporaryDir }
  return readOnly === undefined ? [first] : [first, { ...etagPlace(readOnly, url), temporaryDir }]
}

function etagPlace(root: string, url: string): Omit<EtagPlace, 'temporaryDir'> {
  const place = cachePlace(root, url)
  if (place.file === 'APKINDEX.tar.gz') return { directory: join(place.directory, 'APKINDEX'), suffix: '.tar.gz' }
  // Everything has a directory of its own, except the one file apko keeps without.
  const directory = place.file === 'releases.json' ? place.directory : place.path
  return { directory, suffix: '.etag', digests: join(root, DIGESTS) }
}

/** Notes about other files of a cache, beside the packages, where the original programs do not look. */
export const DIGESTS = 'apko-ts-digests-v1'

/** The newest version that can be read; those before it, should it be damaged. */
async function readNewest(url: string, [newest, ...older]: readonly StoredFile[]): Promise<RemoteFile> {
  if (newest === undefined) {
    throw new RepositoryError('OFFLINE', `${redactUrl(url)} is not in the offline cache`, {
      hint: 'Run once without --offline and with the same cache directory.',
    })
  }
  const bytes = await readUndamaged(newest.place, newest.path)
  if (bytes === undefined) return readNewest(url, older)
  const next = older.length === 0 ? {} : { otherwise: () => readNewest(url, older) }
  return { bytes, ...next, keep: async () => {} }
}

async function readCurrent(
  context: RepositoryContext,
  places: readonly [EtagPlace, ...EtagPlace[]],
  request: HttpRequest,
): Promise<RemoteFile | undefined> {
  const head: HttpRequest = { ...request, method: 'HEAD' }
  const response = await context.http.send(head)
  await response.discard()
  if (response.status === 405 || response.status === 501) return undefined
  if (response.status !== 200) throw statusError(head, response.status)
  const etag = trimEtag(response.header('etag'))
  const bytes = etag === undefined ? undefined : await readByEtag(places, etag)
  if (bytes === undefined) return undefined
  return { bytes, otherwise: () => get(context, places, request), keep: async () => {} }
}

async function get(
  context: RepositoryContext,
  [place]: readonly [EtagPlace, ...EtagPlace[]],
  request: HttpRequest,
): Promise<RemoteFile> {
  const { http, limits, log } = context
  const response = await http.sendOk(request)
  const limit = httpResponseLimit(limits)
  const parts: Uint8Array[] = []
  for await (const chunk of resumableBody(http, request, response, { limit, log })) parts.push(chunk)
  const bytes = concatBytes(parts)
  const etag = trimEtag(response.header('etag'))
  return {
    bytes,
    async keep() {
      if (etag === undefined) return
      await keepForLater(context, redactUrl(request.url), () => storeByEtag(place, etag, bytes))
    },
  }
}
