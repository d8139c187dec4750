import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { concatBytes } from '@apkts/encoding'
import { cachePlace } from '../cache-path.ts'
import type { RepositoryContext } from '../context.ts'
import { RepositoryError } from '../error.ts'
import { resumableBody } from '../http/body.ts'
import { statusError } from '../http/client.ts'
import type { HttpRequest } from '../http/types.ts'
import { httpResponseLimit } from '../limits.ts'
import { redactUrl } from '../urls.ts'
import { type EtagPlace, readByEtag, storeByEtag, storedFiles, trimEtag } from './etag-store.ts'

export interface RemoteFile {
  readonly bytes: Uint8Array
  /** True when the bytes came from the disk: if they turn out damaged, a download may help. */
  readonly cached: boolean
}

export interface RemoteFileOptions {
  readonly authenticate?: boolean
  /** Downloads even if the disk has the current version, and replaces it. */
  readonly fresh?: boolean
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
  const place = await etagPlace(context, url)
  const stored = await storedFiles(place)
  if (context.offline) return readNewest(url, stored)
  const { authenticate = true, fresh = false } = options
  const request: HttpRequest = { method: 'GET', url, authenticate, signal: context.signal }
  const current = stored.length === 0 || fresh ? undefined : await readCurrent(context, place, request)
  return current ?? get(context, place, request)
}

async function etagPlace({ cache }: RepositoryContext, url: string): Promise<EtagPlace> {
  const place = cachePlace(await cache.path(), url)
  const temporaryDir = await cache.temporaryDir()
  if (place.file === 'APKINDEX.tar.gz') {
    return { directory: join(place.directory, 'APKINDEX'), suffix: '.tar.gz', temporaryDir }
  }
  // Everything has a directory of its own, except the one file apko keeps without.
  const directory = place.file === 'releases.json' ? place.directory : place.path
  return { directory, suffix: '.etag', temporaryDir }
}

async function readNewest(url: string, [newest]: readonly string[]): Promise<RemoteFile> {
  if (newest !== undefined) return { bytes: await readFile(newest), cached: true }
  throw new RepositoryError('OFFLINE', `${redactUrl(url)} is not in the offline cache`, {
    hint: 'Run once without --offline and with the same cache directory.',
  })
}

async function readCurrent(
  { http }: RepositoryContext,
  place: EtagPlace,
  request: HttpRequest,
): Promise<RemoteFile | undefined> {
  const head: HttpRequest = { ...request, method: 'HEAD' }
  const response = await http.send(head)
  await response.discard()
  if (response.status === 405 || response.status === 501) return undefined
  if (response.status !== 200) throw statusError(head, response.status)
  const etag = trimEtag(response.header('etag'))
  const bytes = etag === undefined ? undefined : await readByEtag(place, etag)
  return bytes === undefined ? undefined : { bytes, cached: true }
}

async function get(
  { http, limits, log }: RepositoryContext,
  place: EtagPlace,
  request: HttpRequest,
): Promise<RemoteFile> {
  const response = await http.sendOk(request)
  const limit = httpResponseLimit(limits)
  const parts: Uint8Array[] = []
  for await (const chunk of resumableBody(http, request, response, { limit, log })) parts.push(chunk)
  const bytes = concatBytes(parts)
  const etag = trimEtag(response.header('etag'))
  if (etag !== undefined) await storeByEtag(place, etag, bytes)
  return { bytes, cached: false }
}
