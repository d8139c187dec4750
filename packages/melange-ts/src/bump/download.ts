import { createHash } from 'node:crypto'
import { messageOf } from '@apkts/diagnostics'
import { RecipeError } from '../recipe/error.ts'

/** Longest source that is read. */
const MAX_BYTES = 1 << 30

export interface DownloadOptions {
  readonly userAgent: string
  readonly signal: AbortSignal
}

/** SHA-256 and SHA-512 in hex of what a URL serves. Throws `RecipeError` (DOWNLOAD) unless the status is 200. */
export async function checksumsOf(
  uri: string,
  { userAgent, signal }: DownloadOptions,
): Promise<{ sha256: string; sha512: string }> {
  const response = await request(uri, userAgent, signal)
  if (response.status !== 200 || response.body === null) {
    throw new RecipeError('DOWNLOAD', `${uri}: expected status 200, found ${response.status}`)
  }
  const sha256 = createHash('sha256')
  const sha512 = createHash('sha512')
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.length
    if (size > MAX_BYTES) throw new RecipeError('DOWNLOAD', `${uri}: longer than ${MAX_BYTES} bytes`)
    sha256.update(chunk)
    sha512.update(chunk)
  }
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex') }
}

async function request(uri: string, userAgent: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(uri, { headers: { 'User-Agent': userAgent }, signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof TypeError)) throw error
    const reason = error.cause instanceof Error ? error.cause.message : messageOf(error)
    throw new RecipeError('DOWNLOAD', `${uri}: cannot be downloaded: ${reason}`, { cause: error })
  }
}
