import { crc32, inflateRawSync } from 'node:zlib'
import { concatBytes } from '@apkts/encoding'
import { ArchiveError, sizeLimitError } from './error.ts'
import { roomFor } from './stated-size.ts'

const TRAILER = 8
/** What zlib hands back in one piece at most. */
export const IN_MEMORY_LIMIT = 2 ** 32
/** What zlib makes at a time: large pieces save half the time of large members. */
const MIN_CHUNK = 1 << 14
const MAX_CHUNK = 1 << 18
/** Of small members: several share what Node sets aside for short buffers. */
const SMALL_CHUNK = 4000

export interface InflateOptions {
  /** True for a member that is likely to be small, whatever comes behind it: less memory is set aside. */
  readonly small?: boolean
  /** Bytes that it is likely to inflate to. */
  readonly expected?: number
}

/**
 * Inflates the gzip member that starts at `offset` and reports where it ends. Bytes after it are not looked at.
 * `limit` in bytes of inflated data, -1 for none.
 * @throws ArchiveError `GZIP_NOT_GZIP`, `GZIP_INVALID`, `GZIP_TRUNCATED` or `SIZE_LIMIT`.
 */
export function inflateMember(
  bytes: Uint8Array,
  offset: number,
  limit: number,
  { small = false, expected = 0 }: InflateOptions = {},
): { data: Uint8Array; end: number } {
  const start = offset + headerLength(bytes.subarray(offset))
  const { data, consumed } = inflateRaw(
    bytes.subarray(start),
    limit,
    small ? SMALL_CHUNK : Math.max(expected, chunkFor(bytes)),
  )
  const end = start + consumed + TRAILER
  if (end > bytes.length) throw truncated()
  checkTrailer(bytes.subarray(end - TRAILER, end), data)
  return { data, end }
}

/**
 * Inflates all members of a gzip file as one stream (RFC 1952 §2.2). Every byte must belong to a member, except zero
 * padding after the last one. `limit` covers their sum.
 */
export function gunzipAll(bytes: Uint8Array, limit: number): Uint8Array {
  const parts: Uint8Array[] = []
  let offset = 0
  let left = limit
  const expected = roomFor(bytes)
  do {
    const { data, end } = inflateMember(bytes, offset, left, { expected })
    parts.push(data)
    offset = end
    if (limit >= 0) left -= data.length
  } while (offset < bytes.length && !isZero(bytes.subarray(offset)))
  return parts.length === 1 ? parts[0]! : concatBytes(parts)
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const

/** Length of the gzip header at the start of the bytes, optional fields included. */
function headerLength(bytes: Uint8Array): number {
  if (bytes.length === 0) throw truncated()
  if (bytes[0] !== 0x1f || (bytes.length > 1 && bytes[1] !== 0x8b)) throw notGzip(bytes)
  if (bytes.length < 10) throw truncated()
  if (bytes[2] !== 8) throw new ArchiveError('GZIP_INVALID', `gzip compression method ${bytes[2]} is unknown`)
  const flags = bytes[3]!
  let length = 10
  if ((flags & FLAG.extra) !== 0) length += 2 + (bytes[length] ?? 0) + ((bytes[length + 1] ?? 0) << 8)
  for (const field of [FLAG.name, FLAG.comment]) {
    if ((flags & field) === 0) continue
    const end = bytes.indexOf(0, length)
    if (end < 0) throw truncated()
    length = end + 1
  }
  if ((flags & FLAG.headerCrc) !== 0) length += 2
  if (length > bytes.length) throw truncated()
  return length
}

function chunkFor({ length }: Uint8Array): number {
  return Math.min(Math.max(length * 4, MIN_CHUNK), MAX_CHUNK)
}

function inflateRaw(bytes: Uint8Array, limit: number, chunkSize: number): { data: Uint8Array; consumed: number } {
  const bound = limit < 0 ? IN_MEMORY_LIMIT : Math.min(Math.max(limit, 1), IN_MEMORY_LIMIT)
  try {
    const result = inflateRawSync(bytes, { info: true, maxOutputLength: bound, chunkSize }) as unknown as InflateInfo
    if (limit === 0 && result.buffer.length > 0) throw sizeLimitError('gzip data', limit)
    return { data: result.buffer, consumed: result.engine.bytesWritten }
  } catch (error) {
    throw inflateError(error, bound)
  }
}

/** What Node's zlib returns with `info: true`, which its typings leave out. */
export interface InflateInfo {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

/** Whether Node's zlib says of the data that they are damaged, cut off or too long. */
export function isZlibError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'ERR_BUFFER_TOO_LARGE' || (typeof error.code === 'string' && error.code.startsWith('Z_'))
}

/** The error of Node's zlib as one of ours; `limit` is that of the output. */
export function inflateError(error: unknown, limit: number): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'ERR_BUFFER_TOO_LARGE') return sizeLimitError('gzip data', limit)
  if (code === 'Z_BUF_ERROR') return truncated()
  if (code === 'Z_DATA_ERROR')
    return new ArchiveError('GZIP_INVALID', `gzip data is damaged: ${(error as Error).message}`)
  return error
}

function checkTrailer(trailer: Uint8Array, data: Uint8Array): void {
  const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER)
  if (view.getUint32(0, true) !== crc32(data))
    throw new ArchiveError('GZIP_INVALID', 'gzip data is damaged: its checksum is wrong')
  if (view.getUint32(4, true) !== data.length % 2 ** 32) {
    throw new ArchiveError('GZIP_INVALID', 'gzip data is damaged: its length is wrong')
  }
}

function notGzip(bytes: Uint8Array): ArchiveError {
  const found = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return new ArchiveError('GZIP_NOT_GZIP', `not gzip data: expected the bytes 1f 8b, found ${found}`)
}

function truncated(): ArchiveError {
  return new ArchiveError('GZIP_TRUNCATED', 'gzip data ends early')
}
