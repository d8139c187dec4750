import { createReadStream } from 'node:fs'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import type { RepositoryContext } from './context.ts'
import { RepositoryError } from './error.ts'
import { download } from './http/body.ts'
import { httpResponseLimit } from './limits.ts'
import { isRemote } from './line.ts'

const CHUNK = 1 << 18

/** Bytes of a URL or path as they come. @throws RepositoryError naming it. */
export async function* streamFile(
  context: RepositoryContext,
  location: string,
): AsyncGenerator<Uint8Array, void, void> {
  const { http, limits, log, signal } = context
  if (isRemote(location)) {
    yield* download(http, location, { limit: httpResponseLimit(limits), log, signal })
    return
  }
  try {
    yield* createReadStream(location, { highWaterMark: CHUNK, signal })
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new RepositoryError('FILE_UNREADABLE', `cannot read ${location}: ${messageOf(error)}`, {
      at: { file: location },
      cause: error,
    })
  }
}
