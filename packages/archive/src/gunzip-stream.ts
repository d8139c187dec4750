import { createGunzip, type Gunzip } from 'node:zlib'
import { ArchiveError, sizeLimitError } from './error.ts'

/**
 * Inflates a stream that consists of gzip members and nothing else, natively and in chunks. `limit` in bytes of inflated
 * data, -1 for none.
 * @throws ArchiveError `GZIP_INVALID` (also for anything after the last member), `GZIP_TRUNCATED` or `SIZE_LIMIT`.
 */
export async function* gunzipStream(
  source: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array, void, void> {
  const gunzip = createGunzip({ chunkSize: 1 << 20 })
  const fed = feed(source, gunzip)
  let size = 0
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (limit >= 0 && size > limit) throw sizeLimitError('gzip data', limit)
      yield chunk
    }
  } catch (error) {
    throw archiveErrorOf(error)
  } finally {
    gunzip.destroy()
  }
  // zlib stops silently at zero bytes after a member.
  if ((await fed) !== gunzip.bytesWritten) {
    throw new ArchiveError('GZIP_INVALID', 'gzip data is followed by bytes that belong to no member')
  }
}

/** Writes the source into the inflater at its pace; gives up when it is gone. Returns the number of bytes. */
async function feed(source: AsyncIterable<Uint8Array>, gunzip: Gunzip): Promise<number> {
  let size = 0
  let release = () => {}
  gunzip.once('close', () => release()) // a stream that ended early never calls back for the rest of its input
  try {
    for await (const chunk of source) {
      size += chunk.length
      if (gunzip.destroyed) break
      await new Promise<void>((resolve) => {
        release = resolve
        gunzip.write(chunk, () => resolve())
      })
    }
    if (size === 0) gunzip.destroy(new ArchiveError('GZIP_TRUNCATED', 'gzip data ends early'))
    else if (!gunzip.destroyed) gunzip.end()
  } catch (error) {
    gunzip.destroy(error instanceof Error ? error : new Error(String(error)))
  }
  return size
}

function archiveErrorOf(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'Z_BUF_ERROR') return new ArchiveError('GZIP_TRUNCATED', 'gzip data ends early')
  if (code === 'Z_DATA_ERROR')
    return new ArchiveError('GZIP_INVALID', `gzip data is damaged: ${(error as Error).message}`)
  return error
}
