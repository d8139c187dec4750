import { promisify } from 'node:util'
import { gunzip, gunzipSync, type ZlibOptions } from 'node:zlib'
import { ArchiveError } from './error.ts'
import { IN_MEMORY_LIMIT, type InflateInfo, inflateError } from './gunzip.ts'
import { roomFor } from './stated-size.ts'

/** Below this many compressed bytes, handing the work to another thread takes longer than doing it. */
const SYNC_BELOW = 1 << 17

type Gunzip = (bytes: Uint8Array, options: ZlibOptions) => Promise<InflateInfo>

const gunzipInPool = promisify(gunzip) as unknown as Gunzip
const gunzipHere = gunzipSync as unknown as (bytes: Uint8Array, options: ZlibOptions) => InflateInfo

/**
 * Inflates bytes that consist of gzip members and nothing else, as `gunzipStream` does, but in one piece: a few
 * calls instead of one for every chunk. `limit` in bytes of inflated data, -1 for none.
 * @throws ArchiveError `GZIP_INVALID`, `GZIP_TRUNCATED` or `SIZE_LIMIT`
 */
export async function gunzipWhole(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  if (bytes.length === 0) throw new ArchiveError('GZIP_TRUNCATED', 'gzip data ends early')
  const bound = limit < 0 ? IN_MEMORY_LIMIT : Math.min(limit, IN_MEMORY_LIMIT)
  const options = { chunkSize: roomFor(bytes), maxOutputLength: Math.max(bound, 1), info: true }
  const { buffer, engine } = await inflate(bytes, options, bound)
  if (buffer.length > bound) throw inflateError({ code: 'ERR_BUFFER_TOO_LARGE' }, bound)
  if (engine.bytesWritten !== bytes.length) {
    // zlib stops silently at zero bytes after a member.
    throw new ArchiveError('GZIP_INVALID', 'gzip data is followed by bytes that belong to no member')
  }
  return buffer
}

async function inflate(bytes: Uint8Array, options: ZlibOptions, bound: number): Promise<InflateInfo> {
  try {
    return bytes.length < SYNC_BELOW ? gunzipHere(bytes, options) : await gunzipInPool(bytes, options)
  } catch (error) {
    throw inflateError(error, bound)
  }
}
