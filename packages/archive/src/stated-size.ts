const MIN_CHUNK = 1 << 12
const MAX_CHUNK = 1 << 26
/** Deflate cannot shrink by more than that (RFC 1951: 258 bytes for two bits). */
const MAX_RATIO = 1032
/** Makes zlib notice the end of the output without another buffer. */
const SPARE = 64

/**
 * The inflated size that the last gzip member states (RFC 1952, 2.3.1), modulo 2^32. A hint only: nothing has checked it.
 * 0 for what is too short.
 */
export function statedSize(bytes: Uint8Array): number {
  if (bytes.length < 4) return 0
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(bytes.length - 4, true)
}

/** Room for all of what a gzip file inflates to at once, where that is believable. */
export function roomFor(bytes: Uint8Array): number {
  const stated = Math.min(statedSize(bytes), bytes.length * MAX_RATIO) + SPARE
  return Math.min(Math.max(stated, MIN_CHUNK), MAX_CHUNK)
}
